"""Rows that the dataset has seen before, found ahead of the one evaluation that writes the lanes."""

from __future__ import annotations

from pathlib import Path

from lakekit.app.landed import Landed
from lakekit.app.parts import published
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch
from lakekit.domain.watermark import Watermark
from lakekit.ports.engine import Input, Written
from lakekit.sql.duplicates import CANDIDATES, WINDOW, candidates_query, duplicates_query


def find_repeats(
    tools: Tools, job: Job, batch: Batch, rows: Landed, boundary: Watermark | None, work: Path
) -> Input | None:
    """The duplicates among the landed rows, as a table for `lanes_query`; None when there are none.

    Two kinds are looked for: rows of the batch that share a key, and, along a watermark, rows at or below `boundary`,
    the greatest value in the table. All other rows are new by what they are, and cost nothing here.
    """
    query = candidates_query(job.contract, job.cursor, rows.groups, boundary)
    candidates = tools.engine.write(query, rows.inputs, work / "candidates") if query else ()
    if not candidates:
        return None
    inputs = {CANDIDATES: _files(candidates)}
    window = _window(tools, job, batch) if boundary else None
    if window:
        inputs[WINDOW] = window
    compared = duplicates_query(job.contract, window=bool(window), cursor=job.cursor, low=batch.bounds.low)
    found = tools.engine.write(compared, inputs, work / "duplicates")
    return _files(found) if found else None


def _window(tools: Tools, job: Job, batch: Batch) -> Input | None:
    """The published files that may hold rows at or above the batch's lower bound, at the newest version."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    if snapshot is None:
        return None
    low = batch.bounds.low
    return published(tools, job, snapshot, job.cursor, low.value if low else None)


def _files(written: tuple[Written, ...]) -> Input:
    return Input(tuple(str(w.path) for w in written))
