"""The events of a dimension that count for nothing, for people: reasons by the number, rows with personal values
hashed."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.app.personal import hashed, personal_key
from lakekit.app.table_files import rows_at
from lakekit.app.tools import Tools
from lakekit.app.transform.job import TransformJob
from lakekit.domain.batch import ReasonCount
from lakekit.domain.dimension import NO_KEY, NO_SEQUENCE, OPERATION, Dimension
from lakekit.domain.report import QuarantinedRow
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.sql.dimension.checks import quarantined_query, quarantined_rows_query
from lakekit.sql.dimension.events import OWN_COLUMNS
from lakekit.sql.merging import MADE

_MESSAGES = {NO_KEY: "whose event it is, nobody can tell", NO_SEQUENCE: "when it was, nobody can tell"}


def summary(tools: Tools, job: TransformJob) -> tuple[int, tuple[ReasonCount, ...]]:
    """The number of such events in the newest version of the table of events of `job`, and by reason, most frequent
    first."""
    _, rows = _kept(tools, job)
    found = tools.engine.rows(quarantined_query(), {MADE: rows}) if rows.files else ()
    told = [ReasonCount(str(reason), "", int(str(count))) for reason, count in found]
    return sum(reason.rows for reason in told), tuple(sorted(told, key=lambda reason: (-reason.rows, reason.code)))


def rows(tools: Tools, job: TransformJob, reason: str | None, limit: int) -> tuple[QuarantinedRow, ...]:
    """At most `limit` of them, in an order of their own; with `reason` only those that have it."""
    columns, kept = _kept(tools, job)
    own = {c.name for c in OWN_COLUMNS} - {OPERATION}
    shown = [c for c in columns if c.name not in own]
    query = quarantined_rows_query(shown, reason, limit)
    found = tools.engine.rows(query, {MADE: kept}) if kept.files else ()
    names = [c.name for c in shown]
    hidden = job.hides(n for n in names if n != OPERATION)
    secret = personal_key(tools) if found else b""
    return tuple(_row(job, names, told, hidden, secret) for told in found)


def _kept(tools: Tools, job: TransformJob) -> tuple[Sequence[TableColumn], Input]:
    table = job.transform.dataset.table
    snapshot = tools.tables.snapshot(table)
    return snapshot.columns if snapshot else (), rows_at(tools.tables, table, snapshot)


def _row(
    job: TransformJob, names: Sequence[str], told: Sequence[object], hidden: frozenset[str], secret: bytes
) -> QuarantinedRow:
    code, *cells = (None if cell is None else str(cell) for cell in told)
    values = dict(zip(names, cells, strict=True))
    lacking = [n for n in _needed(job.transform.dimension, code) if values.get(n) is None]
    shown = {n: hashed(v, secret) if v is not None and n in hidden else v for n, v in values.items()}
    reason = (str(code), ", ".join(lacking), _MESSAGES.get(str(code), ""))
    return QuarantinedRow(None, job.transform.name, None, (reason,), shown)


def _needed(dimension: Dimension | None, code: str | None) -> tuple[str, ...]:
    if dimension is None:
        return ()
    return dimension.keys if code == NO_KEY else dimension.sequence
