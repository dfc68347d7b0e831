"""The column types that a contract can name."""

from __future__ import annotations

import enum
import re

from attrs import frozen

from lakekit.domain.ddl import taken_apart

INT_RANGE = (-(2**31), 2**31 - 1)
LONG_RANGE = (-(2**63), 2**63 - 1)
MAX_PRECISION = 38
MAX_DEPTH = 8
"""How many arrays, maps and structs may stand within each other."""

_DECIMAL = re.compile(r"decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


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
    BINARY = "binary"
    ARRAY = "array"
    MAP = "map"
    STRUCT = "struct"


NESTED = frozenset({Kind.ARRAY, Kind.MAP, Kind.STRUCT})
PLAIN_NAMES = {kind.value: kind for kind in Kind if kind is not Kind.DECIMAL and kind not in NESTED}
"""The kinds whose name is all of the type."""

UNORDERED = NESTED | {Kind.BINARY}
"""Kinds whose values are not compared with a literal: no limits, no keys, no statistics."""


@frozen
class ColumnType:
    """A kind, with precision and scale where it is a decimal, with the type of its elements where it is an array, of
    its values where it is a map from texts, and with its fields where it is a struct. Written as in Spark DDL."""

    kind: Kind
    precision: int = 0
    scale: int = 0
    element: ColumnType | None = None
    fields: tuple[tuple[str, ColumnType], ...] = ()

    def __str__(self) -> str:
        match self.kind:
            case Kind.DECIMAL:
                return f"decimal({self.precision},{self.scale})"
            case Kind.ARRAY:
                return f"array<{self.element}>"
            case Kind.MAP:
                return f"map<string,{self.element}>"
            case Kind.STRUCT:
                return f"struct<{','.join(f'{name}:{type_}' for name, type_ in self.fields)}>"
        return str(self.kind.value)

    @property
    def nested(self) -> bool:
        return self.kind in NESTED

    @property
    def within(self) -> tuple[ColumnType, ...]:
        """The types of its parts."""
        return (*([self.element] if self.element else []), *(type_ for _, type_ in self.fields))

    @property
    def depth(self) -> int:
        """How many nested types stand within each other, this one counted; 0 for a flat type."""
        return 1 + max(type_.depth for type_ in self.within) if self.nested else 0


def parse_type(text: str) -> ColumnType:
    """The type that `text` names; blanks may stand around the parts of a nested one.

    Raises ValueError, with the reason, for an unknown name, a decimal outside 1..38 digits, and a nested type of
    another form: keys of maps are strings, fields of structs have names of letters, digits and `_` that differ in more
    than case.
    """
    type_ = _parse(text)
    if type_.depth > MAX_DEPTH:
        raise ValueError(f"more than {MAX_DEPTH} arrays, maps and structs stand within each other")
    return type_


def _parse(text: str) -> ColumnType:
    if match := _DECIMAL.fullmatch(text):
        precision, scale = int(match[1]), int(match[2])
        if not (1 <= precision <= MAX_PRECISION and scale <= precision):
            raise ValueError(f"decimal precision must be 1..{MAX_PRECISION} and scale at most the precision")
        return ColumnType(Kind.DECIMAL, precision, scale)
    head, parts = taken_apart(text)
    match head, [part.strip() for part in parts]:
        case "array", [element]:
            return ColumnType(Kind.ARRAY, element=_parse(element))
        case "map", ["string", value]:
            return ColumnType(Kind.MAP, element=_parse(value))
        case "map", [key, _]:
            raise ValueError(f"keys of a map are strings, not {key!r}")
        case "struct", [*fields] if fields:
            return ColumnType(Kind.STRUCT, fields=_fields(fields))
    if text not in PLAIN_NAMES:
        nested = ("decimal(p,s)", "array<type>", "map<string,type>", "struct<name:type,...>")
        raise ValueError(f"unknown type {text!r}: use one of {', '.join([*PLAIN_NAMES, *nested])}")
    return ColumnType(PLAIN_NAMES[text])


def _fields(parts: list[str]) -> tuple[tuple[str, ColumnType], ...]:
    found: dict[str, tuple[str, ColumnType]] = {}
    for name, colon, type_ in (part.partition(":") for part in parts):
        if not colon or not _FIELD.fullmatch(name.strip()):
            raise ValueError(
                f"a field of a struct is written name:type, the name of letters, digits and _: not {name!r}"
            )
        if name.strip().casefold() in found:
            raise ValueError(f"a struct has two fields {name.strip()!r}, upper and lower case aside")
        found[name.strip().casefold()] = (name.strip(), _parse(type_.strip()))
    return tuple(found.values())


def flat_type(text: str) -> ColumnType | None:
    """As `parse_type`; None for binary and nested types, and for others that a contract cannot name."""
    try:
        type_ = parse_type(text)
    except ValueError:
        return None
    return None if type_.kind in UNORDERED else type_
