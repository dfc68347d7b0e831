"""Rows that Spark returns, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def collected(frame: DataFrame) -> list[tuple[object, ...]]:
    """All rows. Structs and maps are dicts; timestamps know that they are UTC."""
    from pyspark.sql.types import TimestampType

    zoned = {i for i, field in enumerate(frame.schema.fields) if isinstance(field.dataType, TimestampType)}
    rows = _without_zones(frame, zoned).collect()
    return [tuple(_with_zone(plain(v)) if i in zoned else plain(v) for i, v in enumerate(row)) for row in rows]


def plain(value: object) -> object:
    """The value without pyspark's classes."""
    from pyspark.sql import Row

    if isinstance(value, Row):
        return {name: plain(v) for name, v in value.asDict().items()}
    if isinstance(value, Mapping):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return bytes(value) if isinstance(value, bytearray) else value


def _without_zones(frame: DataFrame, zoned: set[int]) -> DataFrame:
    """Spark would hand timestamps over in the zone of this process."""
    from pyspark.sql import functions as f

    if not zoned:
        return frame
    numbered = frame.toDF(*[f"c{i}" for i, _ in enumerate(frame.columns)])
    columns = [f.col(c).cast("timestamp_ntz") if i in zoned else f.col(c) for i, c in enumerate(numbered.columns)]
    return numbered.select(*columns)


def _with_zone(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
