"""Rejected rows of a DataFrame into a dataset's quarantine, in one commit that a batch makes once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from lakekit.domain.batch import ColumnStats, ReasonCount, StagedFile
from lakekit.domain.errors import ConfigError, TableError
from lakekit.domain.names import Dataset, parse_dataset
from lakekit.domain.schema import QUARANTINE_COLUMNS
from lakekit.domain.types import LONG_RANGE
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Written
from lakekit.ports.table_store import Commit, CommitConflict, Snapshot, TableStore
from lakekit_spark.fence import fenced
from lakekit_spark.library.parquet import Stamp, scratch, write_rows
from lakekit_spark.written import collect_files

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TRIES = 50
_NUMBER = 1
"""Of a batch's only commit: each batch has an application id of its own, so they may come in any order."""
_MARK = "lakekit_library"


@frozen
class Quarantined:
    """What a batch has in a quarantine: `rows`, and how many of them fail which rule. `version` is that of the table
    with them, None where there was nothing to write. `repeated` says that the batch was there before, and that nothing
    was written now."""

    rows: int
    reasons: tuple[ReasonCount, ...]
    version: int | None
    repeated: bool = False


def write_quarantine(
    dq: DataFrame,
    lake: str | Path,
    dataset: str,
    batch_id: int,
    source: str = "dataframe",
    at: datetime | None = None,
) -> Quarantined:
    """Append the rows of `dq`, as `align_to_schema` made it, to the quarantine of `dataset` (`bronze.orders`) in the
    lake at an absolute path or an S3 URL. `source` is what the rows come from, `at` the moment that they are stamped
    with, now where it is not given.

    A batch is written once: where the quarantine has `batch_id` from here, `dq` is not even computed. Else it is
    computed once, and what is counted is what was written. Raises ConfigError, EngineError, TableError, StorageError.
    """
    name = _dataset(dataset)
    number = _number(batch_id)
    table = name.quarantine
    tables = _tables(lake)
    app_id = f"lakekit/{name}/library/{number}"
    found = tables.snapshot(table)
    if found and tables.app_version(table, found.version, app_id) is not None:
        return _repeated(tables, table, app_id)
    with scratch() as folder, fenced("writing rejected rows"):
        reasons = write_rows(dq, folder, Stamp(at or _now(), number, source))
        written = collect_files(folder)
        if not written:
            return Quarantined(0, (), None)
        return _published(tables, table, app_id, written, reasons)


def _published(
    tables: TableStore, table: PurePosixPath, app_id: str, written: Sequence[Written], reasons: tuple[ReasonCount, ...]
) -> Quarantined:
    rows = sum(w.rows for w in written)
    tables.ensure(table, QUARANTINE_COLUMNS)
    with _staged(tables, table, written) as files:
        told = {"app_id": app_id, "rows": rows, "reasons": [[r.code, r.column, r.rows] for r in reasons]}
        commit = Commit(tuple(files), False, app_id, _NUMBER, json.dumps({_MARK: told}))
        for _ in range(_TRIES):
            snapshot = _known(tables, table)
            if tables.app_version(table, snapshot.version, app_id) is not None:
                return _repeated(tables, table, app_id)
            try:
                return Quarantined(rows, reasons, tables.commit(table, snapshot, commit))
            except CommitConflict:
                continue
    raise TableError("table.busy", f"{_TRIES} times another writer was faster", where=str(table), next="run again")


@contextmanager
def _staged(tables: TableStore, table: PurePosixPath, written: Sequence[Written]) -> Iterator[list[StagedFile]]:
    """The files in the table's folder; those that no commit names are gone afterwards."""
    from lakekit.system.ids import SystemIds

    name = f"library-{SystemIds().new()}"
    try:
        paths = tables.stage(table, name, [w.path for w in written])
        yield [StagedFile(p, w.size, w.rows, _public(w)) for p, w in zip(paths, written, strict=True)]
    finally:
        tables.unstage(table, name)


def _public(written: Written) -> dict[str, ColumnStats]:
    """Statistics of lakekit's own columns: the others hold raw values."""
    return {name: stats for name, stats in written.stats.items() if name.startswith("_")}


def _repeated(tables: TableStore, table: PurePosixPath, app_id: str) -> Quarantined:
    """What the batch's commit says of itself; nothing of its rows where clean-up took that from the log."""
    for info in tables.history(table):
        told = json.loads(info.note).get(_MARK) if info.note and f'"{_MARK}"' in info.note else None
        if told and told["app_id"] == app_id:
            reasons = tuple(ReasonCount(*r) for r in told["reasons"])
            return Quarantined(told["rows"], reasons, info.version, repeated=True)
    return Quarantined(0, (), None, repeated=True)


def _known(tables: TableStore, table: PurePosixPath) -> Snapshot:
    found = tables.snapshot(table)
    if found is None:
        raise TableError("table.vanished", "the quarantine was removed meanwhile", where=str(table), next="run again")
    return found


def _tables(lake: str | Path) -> TableStore:
    """The table store that `lakekit ingest` publishes through."""
    plugins, here = load_plugins(), Path.cwd()
    context = Context(here, str(lake), here / ".lakekit")
    store: TableStore = plugins.make(Port.TABLE_STORE, "delta", evolve(context, storage=plugins.storage(context)))
    return store


def _dataset(told: str) -> Dataset:
    try:
        return parse_dataset(told)
    except ValueError as error:
        raise ConfigError("library.dataset", "that is no name of a dataset", why=str(error)) from None


def _number(batch_id: object) -> int:
    low, high = LONG_RANGE
    if isinstance(batch_id, bool) or not isinstance(batch_id, int) or not low <= batch_id <= high:
        raise ConfigError(
            "library.batch_id", "a batch is named by a whole number of 64 bits", where=repr(batch_id)[:40]
        )
    return batch_id


def _now() -> datetime:
    from lakekit.system.clock import SystemClock

    return SystemClock().now()
