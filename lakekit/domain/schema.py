"""The columns of lakekit's tables. Types are written as in Spark DDL, which every engine's adapter can map."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from lakekit.domain.contract import Contract

REASONS_TYPE = "array<struct<code:string,column:string,message:string>>"
TEXT_MAP_TYPE = "map<string,string>"


@frozen
class TableColumn:
    """A column of a Delta table: nullable, its type a Spark DDL type in lower case without blanks."""

    name: str
    type: str


@frozen
class ColumnChange:
    """A column that differs: `before` and `after` are its types, None where it is not there."""

    name: str
    before: str | None
    after: str | None


def column_changes(before: Sequence[TableColumn], after: Sequence[TableColumn]) -> tuple[ColumnChange, ...]:
    """The columns that were taken away, changed or added, in the order of both tables."""
    old, new = ({c.name: c.type for c in columns} for columns in (before, after))
    names = dict.fromkeys([*old, *new])
    return tuple(ColumnChange(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))


QUARANTINE_COLUMNS = (
    TableColumn("values", TEXT_MAP_TYPE),
    TableColumn("reasons", REASONS_TYPE),
    TableColumn("contract_version", "string"),
    TableColumn("content_hash", "string"),
    TableColumn("_ingest_ts", "timestamp"),
    TableColumn("_batch_id", "long"),
    TableColumn("_source", "string"),
    TableColumn("_row", "long"),
    TableColumn("_run_date", "date"),
)
"""A row of a quarantine: the values as they came (texts, by the source's column names), why they were rejected, and
where they stand: `_row` counts from 1 within `_source`. A malformed CSV record has the one value `_raw`."""


def bronze_columns(contract: Contract) -> tuple[TableColumn, ...]:
    """The contract's columns in order, then lakekit's own. `_extra` holds what the contract does not name."""
    return (
        *(TableColumn(c.name, str(c.type)) for c in contract.columns),
        TableColumn("_extra", TEXT_MAP_TYPE),
        TableColumn("_ingest_ts", "timestamp"),
        TableColumn("_batch_id", "long"),
        TableColumn("_source", "string"),
        TableColumn("_run_date", "date"),
    )
