"""Whether a contract still fits the table that it feeds, asked before anything is read."""

from __future__ import annotations

from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Mode
from lakekit.domain.errors import ConfigError
from lakekit.domain.evolution import TypeChange
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.domain.table_options import APPEND_ONLY, CHANGE_DATA_FEED, PARTITION_KINDS
from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.widening import widens
from lakekit.ports.table_store import Snapshot


def check_shape(tools: Tools, job: Job) -> None:
    """New columns of the contract are added, and columns widened where it says so, when a batch is published. Raises
    ConfigError for a column that the table has and the contract no longer names, for one whose type is another, and for
    one that cannot be widened: published files would have to be written anew."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    wanted = {c.name: c.type for c in bronze_columns(job.contract)}
    for column in snapshot.columns if snapshot else ():
        if column.name not in wanted:
            raise _misfit(job, "contract.column_removed", f"has the column {column.name}, the contract does not")
        if snapshot and wanted[column.name] != column.type:
            _check_wider(job, snapshot, column, wanted[column.name])


def _check_wider(job: Job, snapshot: Snapshot, column: TableColumn, wanted: str) -> None:
    narrow, wide = flat_type(column.type), flat_type(wanted)
    told = f"has {column.name} as {column.type}, the contract as {wanted}"
    if narrow is None or wide is None or not widens(narrow, wide):
        raise _misfit(job, "contract.type_changed", told)
    if job.contract.evolution.type_change is not TypeChange.WIDEN:
        mend = "put the column back, or let its `evolution` say type_change: widen"
        raise _misfit(job, "contract.type_changed", told, mend)
    _check_possible(job, snapshot, column.name, wide)


def _check_possible(job: Job, snapshot: Snapshot, name: str, wide: ColumnType) -> None:
    properties = snapshot.definition.properties
    if name in snapshot.definition.partitions and wide.kind not in PARTITION_KINDS:
        why = f"the table is partitioned by it, and a {wide} names no partition"
        raise _refused(job, "contract.partition_not_widened", name, wide, why, "load into a dataset of another name")
    if properties.get(CHANGE_DATA_FEED) == "true":
        why = "the files that are written anew would appear in its feed of changes as if every row had changed"
        mend = f"set `change_data_feed: false` and run lakekit table options {job.dataset.name} --apply"
        raise _refused(job, "contract.feed_not_widened", name, wide, why, mend)
    if properties.get(APPEND_ONLY) == "true":
        why = "its files would be written anew, and it is set to `delta.appendOnly`"
        raise _refused(job, "contract.append_only_not_widened", name, wide, why, "take the property from the table")
    if wide.kind is Kind.DOUBLE and job.mode is Mode.CURSOR:
        why = "a float such as 0.1 is no such double: rows that are read again would count as new"
        mend = f"lakekit ingest {job.dataset.name} --full-refresh"
        raise _refused(job, "contract.float_not_widened", name, wide, why, mend)


def _misfit(job: Job, code: str, told: str, mend: str | None = None) -> ConfigError:
    return ConfigError(
        code,
        f"the table {job.dataset} {told}",
        where=f"contract {job.contract.name}",
        why="the rows that are published already could not be read by it",
        next=mend or "put the column back, or load into a dataset of another name",
    )


def _refused(job: Job, code: str, name: str, wide: ColumnType, why: str, mend: str) -> ConfigError:
    told = f"the column {name} of {job.dataset} cannot be widened to {wide}"
    where = f"contract {job.contract.name}"
    return ConfigError(code, told, where=where, why=why, next=f"{mend}, or put the column's type back")
