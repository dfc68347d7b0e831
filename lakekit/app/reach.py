"""How far along the watermark column a dataset has been read, before and after a batch."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from lakekit.app.landed import Landed
from lakekit.app.parts import published
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, Mode
from lakekit.domain.stream import Ledgered
from lakekit.domain.watermark import Watermark, later, moment
from lakekit.domain.widening import widened
from lakekit.sql.reached import highest_query, reached_query

_TABLE = "bronze"


@frozen
class Reach:
    """`watermark` is the progress after the batch. `before` and `highest` are the greatest values of the column in the
    table before and after it: rows dated in the future lie beyond the watermark, and will be read again."""

    before: Watermark | None
    watermark: Watermark | None
    highest: Watermark | None


def reach(tools: Tools, job: Job, batch: Batch, rows: Landed, known: Ledgered) -> Reach:
    """Where the batch leads. The watermark moves backwards by a full load alone, and never beyond the time at which the
    batch was opened: one row dated years ahead must not hide all that comes until then."""
    if job.cursor is None:
        return Reach(None, known.watermark, None)
    # A full load replaces what the table has, and how far it had been read.
    full = batch.mode is Mode.FULL
    before, so_far = (None, None) if full else (_in_table(tools, job, known), known.watermark)
    type_ = job.contract.column(job.cursor).type
    before, so_far = (mark and widened(mark, type_) for mark in (before, so_far))
    if not rows.groups:
        return Reach(before, so_far, before)
    limit = moment(datetime.fromisoformat(batch.opened_at), type_)
    query = reached_query(job.contract, job.cursor, rows.groups, limit)
    ((highest, reached),) = tools.engine.rows(query, rows.inputs)
    marks = [None if m is None else Watermark(str(type_), str(m), job.cursor) for m in (reached, highest)]
    return Reach(before, later(so_far, marks[0]), later(before, marks[1]))


def _in_table(tools: Tools, job: Job, known: Ledgered) -> Watermark | None:
    """The greatest value in the table: as the last batch along this watermark sealed it, else as the table's files say,
    which others may have filled."""
    last = known.published
    if last and last.seal and last.cursor == job.cursor:
        return last.seal.highest
    snapshot = tools.tables.snapshot(job.dataset.table)
    rows = published(tools, job, snapshot) if snapshot else None
    if rows is None or job.cursor is None:
        return None
    column = job.contract.column(job.cursor)
    ((told,),) = tools.engine.rows(highest_query(column, _TABLE), {_TABLE: rows})
    return None if told is None else Watermark(str(column.type), str(told), job.cursor)
