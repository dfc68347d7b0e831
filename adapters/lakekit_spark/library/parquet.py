"""Rejected rows, as Spark hands them over one by one, into Parquet files of this host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from lakekit.domain.batch import ReasonCount
from lakekit.domain.errors import PluginError
from lakekit.domain.schema import QUARANTINE_COLUMNS
from lakekit.plugin.disk import Scratch, place_of_this_user
from lakekit_spark.results import plain

if TYPE_CHECKING:
    from pyarrow import DataType
    from pyspark.sql import DataFrame

_ROWS = 10_000
"""Rows that are held at once, and make a row group."""


@frozen
class Stamp:
    """What the rows of a batch say of it. `at` knows its zone."""

    at: datetime
    batch_id: int
    source: str

    def on(self, row: Mapping[str, object]) -> dict[str, object]:
        """The row with it. Rows of a DataFrame stand at no place in their source."""
        at = self.at.astimezone(UTC)
        mine = {
            "_ingest_ts": at,
            "_batch_id": self.batch_id,
            "_source": self.source,
            "_row": None,
            "_run_date": at.date(),
        }
        return {**row, **mine}


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder that is gone afterwards."""
    made = Scratch(place_of_this_user())
    try:
        yield made.folder
    finally:
        made.close()


def write_rows(dq: DataFrame, folder: Path, stamp: Stamp) -> tuple[ReasonCount, ...]:
    """Compute the rows once and write them, stamped, into `folder`: how many of them have which reason, most frequent
    first. A file without rows may be there. Raises PluginError where pyarrow is missing."""
    if find_spec("pyarrow") is None:
        raise PluginError("plugin.driver_missing", "writing a quarantine needs pyarrow", next="pip install pyarrow")
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = pa.schema([(c.name, _type(c.type)) for c in QUARANTINE_COLUMNS])
    reasons: Counter[tuple[str, str]] = Counter()
    rows = (stamp.on(_row(row)) for row in dq.select(*_judged()).toLocalIterator())
    with ParquetWriter(folder / "rows.parquet", schema, compression="snappy") as writer:
        while held := list(islice(rows, _ROWS)):
            reasons.update((r["code"], r["column"]) for row in held for r in _reasons(row))
            writer.write_table(pa.Table.from_pylist(held, schema))
    found = [ReasonCount(code, column, number) for (code, column), number in reasons.items()]
    return tuple(sorted(found, key=lambda r: (-r.rows, r.code, r.column)))


def _judged() -> list[str]:
    return [c.name for c in QUARANTINE_COLUMNS if not c.name.startswith("_")]


def _row(row: Any) -> dict[str, object]:
    """Maps as pyarrow takes them: pairs."""
    told = {name: plain(value) for name, value in zip(_judged(), row, strict=True)}
    values = told["values"]
    return {**told, "values": list(values.items()) if isinstance(values, Mapping) else None}


def _reasons(row: Mapping[str, Any]) -> list[dict[str, str]]:
    return row["reasons"] or []


def _type(ddl: str) -> DataType:
    import pyarrow as pa

    text = pa.string()
    flat = {"string": text, "long": pa.int64(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC")}
    if ddl.startswith("map"):
        return pa.map_(text, text)
    if ddl.startswith("array"):
        return pa.list_(pa.struct([(name, text) for name in ("code", "column", "message")]))
    return flat[ddl]
