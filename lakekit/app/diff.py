"""Diff: what became of one version of a table until another, counted; no value of a row is told."""

from __future__ import annotations

from pathlib import PurePosixPath

from lakekit.app.table_files import rows_of
from lakekit.app.tools import Tools
from lakekit.app.versions import check_there, newest, only_in, summed
from lakekit.domain.schema import column_changes
from lakekit.domain.versions import BatchRows, Difference
from lakekit.ports.table_store import Content, TableFile
from lakekit.sql.difference import AFTER, BEFORE, difference_query


def diff(tools: Tools, table: PurePosixPath, before: int, after: int | None) -> Difference:
    """The difference between two versions, `after` the newest where it is None. Only files that one of them lacks are
    read. Raises TableError for a version that is unknown or lacks files."""
    to = newest(tools, table).version if after is None else after
    one, other = tools.tables.content(table, before), tools.tables.content(table, to)
    gone, come = only_in(one, other), only_in(other, one)
    check_there(tools, table, before, gone)
    check_there(tools, table, to, come)
    return Difference(
        table=str(table),
        before=before,
        after=to,
        columns=column_changes(one.snapshot.columns, other.snapshot.columns),
        gone=summed(gone),
        come=summed(come),
        batches=_rows(tools, (one, gone), (other, come)),
    )


def _rows(
    tools: Tools, before: tuple[Content, tuple[TableFile, ...]], after: tuple[Content, tuple[TableFile, ...]]
) -> tuple[BatchRows, ...]:
    sides = {name: told for name, told in ((BEFORE, before), (AFTER, after)) if told[1]}
    if not sides:
        return ()
    inputs = {name: rows_of(files, content.snapshot.columns) for name, (content, files) in sides.items()}
    columns = [sides[name][0].snapshot.columns if name in sides else None for name in (BEFORE, AFTER)]
    found = tools.engine.rows(difference_query(*columns), inputs)
    return tuple(BatchRows(None if b is None else int(str(b)), int(str(a)), int(str(r))) for b, a, r in found)
