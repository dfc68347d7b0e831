"""What a text means as a value of a column type, in plain Python.

This is the reference for the casts that `lakekit.sql.cast` writes as query trees: a pattern, then a range, then a
conversion. A text that is not a value of its type gives None; nothing is trimmed, rounded or guessed. Patterns are
of the RE2 subset, so every engine and Python read them alike.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Context, Decimal, Inexact

from lakekit.domain.types import INT_RANGE, LONG_RANGE, ColumnType, Kind

Value = str | bool | int | float | Decimal | date | datetime

INTEGER = r"[+-]?[0-9]{1,40}"
FLOATING = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,6})?"
BINARY = r"[0-9a-fA-F]*"
"""And an even number of them."""

DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIMESTAMP = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?)?"
)
OFFSET = r"(Z|[+-][0-9]{2}:?[0-9]{2})\z"
"""How a timestamp ends that tells how far it is from UTC; no other one ends so."""

TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")

_EXACT = Context(prec=100, traps=[Inexact])


def decimal_pattern(type_: ColumnType) -> str:
    """Digits of a decimal(p,s): at most p-s before the point, leading zeros aside; at most s after it, trailing
    zeros aside; no exponent. At least one digit stands somewhere."""
    whole, scale = type_.precision - type_.scale, type_.scale
    before = f"0*[0-9]{{1,{whole}}}" if whole else "0+"
    after = f"[0-9]{{1,{scale}}}0*" if scale else "0+"
    return rf"[+-]?({before}(\.({after})?)?|\.{after})"


def parse_value(text: str, type_: ColumnType) -> Value | None:
    """The value of `text` as `type_`, or None when it is none.

    Timestamps without a zone are UTC; with one they are converted to UTC. Dates run from year 1 to 9999. A double
    must be finite, and may be 0 only when its digits are. Booleans are read without regard to case.
    Binary and nested types have no value here: `lakekit.domain.nested` reads them.
    """
    parse = _PARSERS.get(type_.kind)
    return None if parse is None else parse(text, type_)


def format_value(value: Value) -> str:
    """The canonical text of a value: what `parse_value` reads back as the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def _string(text: str, _: ColumnType) -> Value | None:
    return text


def _boolean(text: str, _: ColumnType) -> Value | None:
    # ASCII letters only: str.lower() folds characters (such as the Kelvin sign) that engines do not.
    lowered = text.lower() if text.isascii() else text
    return True if lowered in TRUE else False if lowered in FALSE else None


def _integer(low: int, high: int) -> Callable[[str, ColumnType], Value | None]:
    def parse(text: str, _: ColumnType) -> Value | None:
        if not re.fullmatch(INTEGER, text):
            return None
        value = int(text)
        return value if low <= value <= high else None

    return parse


def _floating(text: str, type_: ColumnType) -> Value | None:
    if not re.fullmatch(FLOATING, text):
        return None
    value = float(text)
    if type_.kind is Kind.FLOAT and math.isfinite(value):
        try:
            value = float(struct.unpack("f", struct.pack("f", value))[0])
        except OverflowError:
            return None
    vanished = value == 0 and re.search("[1-9]", re.split("[eE]", text)[0])
    return value if math.isfinite(value) and not vanished else None


def _decimal(text: str, type_: ColumnType) -> Value | None:
    if not re.fullmatch(decimal_pattern(type_), text):
        return None
    value = Decimal(text).quantize(Decimal(1).scaleb(-type_.scale), context=_EXACT)
    return value or abs(value)


def _date(text: str, _: ColumnType) -> Value | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(DATE, text) else None
    except ValueError:
        return None


def _timestamp(text: str, _: ColumnType) -> Value | None:
    if not re.fullmatch(TIMESTAMP, text):
        return None
    try:
        stamp = datetime.fromisoformat(_padded(text))
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _padded(text: str) -> str:
    """Python 3.11 reads any ISO form but a fraction that is not of three or six digits before a zone."""
    match = re.search(r"\.([0-9]+)", text)
    return text if match is None else text.replace(match[0], "." + match[1].ljust(6, "0"))


_PARSERS: dict[Kind, Callable[[str, ColumnType], Value | None]] = {
    Kind.STRING: _string,
    Kind.BOOLEAN: _boolean,
    Kind.INT: _integer(*INT_RANGE),
    Kind.LONG: _integer(*LONG_RANGE),
    Kind.FLOAT: _floating,
    Kind.DOUBLE: _floating,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
}
