"""What texts mean, told a second time in plain Python: character by character, with integers, and without the patterns
and parsers of lakekit.domain.values, so that a mistake there is not repeated here."""

from __future__ import annotations

import calendar
import ctypes
import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from lakekit.domain.contract import Column, Contract
from lakekit.domain.types import ColumnType, Kind
from lakekit.domain.watermark import NullWatermark

Value = str | bool | int | float | Decimal | date | datetime | bytes
DIGITS = frozenset("0123456789")
YES, NO = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


def read(text: str, type_: ColumnType) -> Value | None:
    """The value, None when the text is none of the type. Timestamps are naive and in UTC."""
    if type_.kind is Kind.DECIMAL:
        return read_decimal(text, type_.precision, type_.scale)
    return READERS[type_.kind](text)


def read_boolean(text: str) -> bool | None:
    spelled = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)
    return {w: w in YES for w in YES + NO}.get(spelled)


def read_integer(text: str, bits: int) -> int | None:
    digits = unsigned(text)
    if not is_digits(digits) or len(digits) > 40:
        return None
    value = int(digits) * (-1 if text[0] == "-" else 1)
    return value if -(2 ** (bits - 1)) <= value < 2 ** (bits - 1) else None


def read_decimal(text: str, precision: int, scale: int) -> Decimal | None:
    parts = point(unsigned(text))
    if parts is None:
        return None
    whole, fraction = parts[0].lstrip("0"), parts[1].rstrip("0")
    if len(whole) > precision - scale or len(fraction) > scale:
        return None
    digits = tuple(int(d) for d in whole + fraction.ljust(scale, "0"))
    return Decimal((int(text[0] == "-" and any(digits)), digits or (0,), -scale))


def read_double(text: str) -> float | None:
    mantissa, mark, exponent = re.sub("E", "e", unsigned(text)).partition("e")
    parts, power = point(mantissa), unsigned(exponent)
    if parts is None or (mark and not (is_digits(power) and len(power) <= 6)):
        return None
    value = float(text)
    vanished = value == 0 and any(c in "123456789" for c in mantissa)
    return value if math.isfinite(value) and not vanished else None


def read_float(text: str) -> float | None:
    value = read_double(text)
    narrow = None if value is None else ctypes.c_float(value).value
    if narrow is None or math.isinf(narrow) or (narrow == 0 and value != 0):
        return None
    return narrow


def read_binary(text: str) -> bytes | None:
    pairs = [text[i : i + 2] for i in range(0, len(text), 2)]
    if any(len(p) != 2 or not set(p) <= set("0123456789abcdefABCDEF") for p in pairs):
        return None
    return bytes(int(p, 16) for p in pairs)


def read_date(text: str) -> date | None:
    if len(text) != 10 or text[4] + text[7] != "--" or not is_digits(text[:4] + text[5:7] + text[8:]):
        return None
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    if year == 0 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def read_timestamp(text: str) -> datetime | None:
    day, rest = read_date(text[:10]), text[10:]
    if day is None:
        return None
    if not rest:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001
    if rest[0] not in " T":
        return None
    clock, zone = split_zone(rest[1:])
    micros, offset = read_clock(clock), read_zone(zone)
    if micros is None or offset is None:
        return None
    total = (day.toordinal() - 1) * 86_400_000_000 + micros - offset * 60_000_000
    if not 0 <= total < date.max.toordinal() * 86_400_000_000:
        return None
    return datetime(1, 1, 1) + timedelta(days=total // 86_400_000_000, microseconds=total % 86_400_000_000)  # noqa: DTZ001


def read_clock(text: str) -> int | None:
    """Microseconds since midnight."""
    clock, dot, fraction = text.partition(".")
    fields = clock.split(":")
    if not 2 <= len(fields) <= 3 or any(len(f) != 2 or not is_digits(f) for f in fields):
        return None
    if dot and (len(fields) < 3 or not is_digits(fraction) or len(fraction) > 6):
        return None
    hours, minutes, seconds = (int(f) for f in [*fields, "0"][:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + int(fraction.ljust(6, "0"))


def split_zone(text: str) -> tuple[str, str]:
    at = min((text.index(c) for c in "Z+-" if c in text), default=len(text))
    return text[:at], text[at:]


def read_zone(text: str) -> int | None:
    """Minutes east of UTC."""
    if text in ("", "Z"):
        return 0
    digits = text[1:].replace(":", "", 1) if text[3:4] == ":" else text[1:]
    if text[0] not in "+-" or len(digits) != 4 or not is_digits(digits):
        return None
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if text[0] == "-" else 1)


def unsigned(text: str) -> str:
    return text[1:] if text[:1] in ("+", "-") else text


def is_digits(text: str) -> bool:
    return text != "" and all(c in DIGITS for c in text)


def point(text: str) -> tuple[str, str] | None:
    """The digits before and after a point, at least one in all."""
    whole, _, fraction = text.partition(".")
    return (whole, fraction) if is_digits(whole + fraction) else None


READERS: dict[Kind, Callable[[str], Value | None]] = {
    Kind.STRING: lambda text: text,
    Kind.BOOLEAN: read_boolean,
    Kind.INT: lambda text: read_integer(text, 32),
    Kind.LONG: lambda text: read_integer(text, 64),
    Kind.DOUBLE: read_double,
    Kind.FLOAT: read_float,
    Kind.DATE: read_date,
    Kind.TIMESTAMP: read_timestamp,
    Kind.BINARY: read_binary,
}


def column_value(column: Column, raw: str | None) -> tuple[bool, Value | None]:
    """Whether there is a value, and what it is: None also for one that cannot be read."""
    if raw is None or raw in column.null_markers:
        if column.default is None:
            return False, None
        raw = column.default
    return True, read(raw, column.type)


def reasons(contract: Contract, cursor: str | None, row: dict[str, str | None]) -> list[tuple[str, str]]:
    """(code, column) of all that is wrong with a row of texts, in the order of the contract."""
    return [(code, c.name) for c in contract.columns for code in column_reasons(contract, cursor, c, row)]


def column_reasons(contract: Contract, cursor: str | None, column: Column, row: dict[str, str | None]) -> list[str]:
    raw = row.get(column.name)
    there, value = column_value(column, raw)
    if not there:
        if column.name == cursor and contract.null_watermark is not NullWatermark.ONCE:
            return ["cursor_missing"]
        return ["missing_value"] if column.required or column.name in contract.keys else []
    if value is None:
        return ["cast_failed"]
    found = []
    text = column.default if raw is None or raw in column.null_markers else raw
    if column.pattern is not None and not re.fullmatch(column.pattern, str(text), re.ASCII):
        found.append("pattern_mismatch")
    if column.minimum is not None and order(value) < order(read(column.minimum, column.type)):
        found.append("below_minimum")
    if column.maximum is not None and order(value) > order(read(column.maximum, column.type)):
        found.append("above_maximum")
    if column.allowed and value not in [read(a, column.type) for a in column.allowed]:
        found.append("not_allowed")
    return found


def order(value: Value | None) -> object:
    return value.encode() if isinstance(value, str) else value
