"""What a footer tells of a file's columns, as lakekit's statistics."""

from __future__ import annotations

import math
import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lakekit.domain.batch import ColumnStats
from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.values import Value, format_value
from lakekit_spark.footer import Chunk, Footer
from lakekit_spark.types import column

TRUNCATED = 256
"""Texts of so many bytes may be cut."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = {Kind.INT: "<i", Kind.LONG: "<q", Kind.FLOAT: "<f", Kind.DOUBLE: "<d"}


def column_stats(footer: Footer) -> dict[str, ColumnStats]:
    """Statistics of the columns that are not nested, over all row groups; a bound that one of them lacks is none."""
    flat = {c.name: c.type for c in map(column, footer.columns) if "<" not in c.type}
    return {name: _stats(footer, name, flat_type(type_)) for name, type_ in flat.items()}


def _stats(footer: Footer, name: str, type_: ColumnType | None) -> ColumnStats:
    chunks = [(rows, told.get(name, Chunk(None, None, None))) for rows, told in footer.chunks]
    counts = [c.nulls for _, c in chunks]
    nulls = None if None in counts else sum(n for n in counts if n is not None)
    told = [c for rows, c in chunks if c.nulls != rows]
    lows, highs = [_value(c.minimum, type_) for c in told], [_value(c.maximum, type_) for c in told]
    return ColumnStats(nulls, _bound(lows, least=True), _bound(highs, least=False))


def _bound(values: list[Value | None], *, least: bool) -> str | None:
    known = [v for v in values if v is not None]
    if not known or len(known) < len(values):
        return None
    if all(isinstance(v, str) for v in known):
        return (min if least else max)((str(v) for v in known), key=lambda v: v.encode())
    return format_value((min if least else max)(known))


def _value(told: bytes | None, type_: ColumnType | None) -> Value | None:
    """The bound as a value; None where there is none, or none that is sure."""
    if told is None or type_ is None:
        return None
    try:
        return _read(told, type_)
    except (struct.error, OverflowError, ValueError):  # a date beyond year 9999, a text that was cut within a character
        return None


def _read(told: bytes, type_: ColumnType) -> Value | None:
    match type_.kind:
        case Kind.STRING:
            return told.decode() if len(told) < TRUNCATED else None
        case Kind.BOOLEAN:
            return bool(told[0])
        case Kind.DECIMAL:
            # As an integer of the physical type, little end first, or as bytes, big end first.
            unscaled = int.from_bytes(told, "little" if type_.precision <= 18 else "big", signed=True)
            return Decimal(f"{unscaled}E-{type_.scale}")
        case Kind.DATE:
            return date.fromordinal(_EPOCH.toordinal() + int(struct.unpack("<i", told)[0]))
        case Kind.TIMESTAMP:
            return _EPOCH + timedelta(microseconds=struct.unpack("<q", told)[0])
    number: int | float = struct.unpack(_NUMBERS[type_.kind], told)[0]
    return number if math.isfinite(number) else None
