"""What stands in a dataset's quarantine, for people: reasons by the number, rows with personal values hashed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lakekit.app.hashing import hashed
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import ReasonCount
from lakekit.domain.report import QuarantinedRow
from lakekit.ports.engine import Input
from lakekit.ports.state_store import WriteConflict
from lakekit.sql.review import TABLE, count_query, reasons_query, rows_query

_KEY = "key/personal"


def total(tools: Tools, job: Job) -> int:
    """The number of rows in the quarantine's newest version."""
    inputs = _inputs(tools, job)
    return int(str(tools.engine.rows(count_query(), inputs)[0][0])) if inputs else 0


def summary(tools: Tools, job: Job) -> tuple[ReasonCount, ...]:
    """Rows by reason, most frequent first. A row with two reasons counts for both."""
    inputs = _inputs(tools, job)
    found = tools.engine.rows(reasons_query(), inputs) if inputs else ()
    return tuple(ReasonCount(str(code), str(column), int(str(rows))) for code, column, rows in found)


def rows(tools: Tools, job: Job, reason: str | None, limit: int) -> tuple[QuarantinedRow, ...]:
    """At most `limit` rows, newest batch first, then by source and position; with `reason` only those that have it."""
    inputs = _inputs(tools, job)
    found = tools.engine.rows(rows_query(reason, limit), inputs) if inputs else ()
    public = frozenset(c.name for c in job.contract.columns if not c.pii)
    if not any(c.pii for c in job.contract.columns):
        public |= {"_raw"}
    key = _key(tools) if found else b""
    return tuple(_row(told, public, key) for told in found)


def _inputs(tools: Tools, job: Job) -> Mapping[str, Input]:
    snapshot = tools.tables.snapshot(job.dataset.quarantine)
    files = tools.tables.files(job.dataset.quarantine, snapshot.version) if snapshot else ()
    return {TABLE: Input(files)} if files else {}


def _row(told: tuple[object, ...], public: frozenset[str], key: bytes) -> QuarantinedRow:
    batch, source, place, reasons, values = told
    return QuarantinedRow(
        batch=int(str(batch)),
        source=str(source),
        row=int(str(place)),
        reasons=tuple((r["code"], r["column"], r["message"]) for r in json.loads(str(reasons))),
        values={
            name: value if value is None or name in public else hashed(value, key)
            for name, value in json.loads(str(values)).items()
        },
    )


def _key(tools: Tools) -> bytes:
    """The lake's key, made at first use."""
    entry = tools.state.read(_KEY)
    if entry is None:
        made = tools.ids.new() + tools.ids.new()
        try:
            tools.state.write(_KEY, made, None)
        except WriteConflict:
            return _key(tools)
        return made.encode()
    return entry.text.encode()
