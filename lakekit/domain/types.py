"""The column types that a contract can name."""

from __future__ import annotations

import enum
import re

from attrs import frozen

INT_RANGE = (-(2**31), 2**31 - 1)
LONG_RANGE = (-(2**63), 2**63 - 1)
MAX_PRECISION = 38

_DECIMAL = re.compile(r"decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)")


class Kind(enum.Enum):
    STRING = "string"
    BOOLEAN = "boolean"
    INT = "int"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    DECIMAL = "decimal"
    DATE = "date"
    TIMESTAMP = "timestamp"


@frozen
class ColumnType:
    """A kind, with precision and scale where it is a decimal. Written `long` or `decimal(10,2)`."""

    kind: Kind
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        return f"decimal({self.precision},{self.scale})" if self.kind is Kind.DECIMAL else self.kind.value


def parse_type(text: str) -> ColumnType:
    """The type that `text` names.

    Raises ValueError, with the reason, for an unknown name or a decimal outside 1..38 digits.
    """
    if match := _DECIMAL.fullmatch(text):
        precision, scale = int(match[1]), int(match[2])
        if not (1 <= precision <= MAX_PRECISION and scale <= precision):
            raise ValueError(f"decimal precision must be 1..{MAX_PRECISION} and scale at most the precision")
        return ColumnType(Kind.DECIMAL, precision, scale)
    plain = {kind.value: kind for kind in Kind if kind is not Kind.DECIMAL}
    if text not in plain:
        raise ValueError(f"unknown type {text!r}: use one of {', '.join([*plain, 'decimal(p,s)'])}")
    return ColumnType(plain[text])


def flat_type(text: str) -> ColumnType | None:
    """As `parse_type`; None for nested types and others that a contract cannot name."""
    try:
        return parse_type(text)
    except ValueError:
        return None
