"""Whether two Delta tables are equal, by readers that know no engine: delta-rs for files, Polars for rows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from attrs import frozen
from deltalake import DeltaTable

from lakekit.ports.storage import ObjectStorage

COMMIT = re.compile(r"/_delta_log/\d+\.json$")
PASSING = ("landing/silver/", "landing/gold/", "_lakekit/spark/")
CLOCK = ("_ingest_ts", "_run_date")
"""What a clock says of a row: no two runs agree."""


@frozen
class Content:
    """What two equal tables have in common: schema, partitions and properties by the log, the types in the files, and
    the rows in an order that is theirs alone. Values of different types are different, as are 1.0 and 1.00, and a
    moment in another zone."""

    schema: str
    partitions: tuple[str, ...]
    properties: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]


def content(table: Path | str, without: Collection[str] = CLOCK, options: Mapping[str, str] | None = None) -> Content:
    """A table, but for some columns. `options` lead to one in a bucket."""
    reach = dict(options or {}) or None
    delta = DeltaTable(str(table), storage_options=reach)
    frames = frames_of(delta, reach)
    frame = pl.concat([f.drop(without, strict=False) for f in frames]) if frames else pl.DataFrame()
    types = tuple((name, repr(type_)) for name, type_ in frame.schema.items())
    rows = tuple(sorted(_told(row) for row in frame.iter_rows()))
    properties = tuple(sorted(delta.metadata().configuration.items()))
    return Content(delta.schema().to_json(), tuple(delta.metadata().partition_columns), properties, types, rows)


def frames_of(table: DeltaTable, options: dict[str, str] | None = None) -> list[pl.DataFrame]:
    """The rows of each of its files. Values of partitions stand in paths, and are no patterns there."""
    files = table.file_uris()
    return [pl.read_parquet(f, glob=False, hive_partitioning=False, storage_options=options) for f in files]


def left_by_builds(storage: ObjectStorage) -> list[str]:
    """What builds must not leave in a lake: landed rows, copies for Spark, and staged files that no commit added."""
    keys = storage.list("")
    logs = (found.data.decode() for key in keys if COMMIT.search(key) and (found := storage.read(key)))
    actions = [json.loads(line) for log in logs for line in log.splitlines()]
    added = {unquote(action["add"]["path"]) for action in actions if "add" in action}
    staged = [key for key in keys if "/build-" in key and f"build-{key.partition('/build-')[2]}" not in added]
    return [*staged, *(key for key in keys if key.startswith(PASSING))]


def _told(value: object) -> str:
    """A text that only equal values have. A map, which Parquet has as a list of entries, is told in order of keys."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_told(member)}' for name, member in value.items())}}}"
    if isinstance(value, list) and value and all(isinstance(v, dict) and set(v) == {"key", "value"} for v in value):
        return f"map{sorted((_told(v['key']), _told(v['value'])) for v in value)}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_told, value))}]"
    if isinstance(value, Decimal):
        return f"decimal {value:f}"
    if isinstance(value, (date, datetime, time)):
        return f"{type(value).__name__} {value.isoformat()}"
    return f"{type(value).__name__} {value!r}"
