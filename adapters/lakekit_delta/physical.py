"""What a Parquet file's footer says of its columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lakekit.domain.schema import TableColumn
from lakekit_delta.columns import spark_type
from lakekit_delta.driver import inspecting
from lakekit_delta.place import Place

if TYPE_CHECKING:
    from arro3.core import Field
    from deltalake import DeltaTable

_NEAR = re.compile(r"UInt|Date64|Timestamp\(ms|FixedSize|Dictionary")
"""Arrow types that delta-rs takes for a Delta type near them, which cannot hold each of their values."""


def file_columns(table: DeltaTable, files: Sequence[Place]) -> Iterator[tuple[Place, tuple[TableColumn, ...]]]:
    """Each staged file of the table with its physical columns, in its order; a type that no table has is told in
    Arrow's words. A file that is no Parquet raises TableError."""
    from deltalake import QueryBuilder

    session = QueryBuilder()
    session.register("known", table)  # with it the session knows the bucket
    for number, file in enumerate(files):
        # No other way leads to a footer than these statements. A URI holds no quote: it is escaped there.
        with inspecting(file):
            session.execute(f"create external table f{number} stored as parquet location '{_uri(file)}'")
            schema = session.execute(f"select * from f{number}").schema  # noqa: S608
            fields = [schema.field(i) for i in range(len(schema.names))]
            columns = tuple(TableColumn(field.name, _type(field)) for field in fields)
        yield file, columns


def _uri(file: Place) -> str:
    address = str(file)
    return quote(address, safe=":/") if "://" in address else Path(address).as_uri()


def _type(field: Field) -> str:
    from arro3.core import Schema as ArrowSchema
    from deltalake import Schema

    told = str(field.type).strip()
    if _NEAR.search(told):
        return told
    try:
        delta = json.loads(Schema.from_arrow(ArrowSchema([field])).to_json())
        return spark_type(delta["fields"][0]["type"])
    except Exception:  # noqa: BLE001  # the driver raises nothing more precise
        return told
