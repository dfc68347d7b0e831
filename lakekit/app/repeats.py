"""Rows that the dataset has seen before, found ahead of the one evaluation that writes the lanes."""

from __future__ import annotations

from pathlib import Path

from lakekit.app.landed import Landed
from lakekit.app.parts import published
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, Mode
from lakekit.domain.watermark import NullWatermark, Watermark
from lakekit.ports.engine import Input, Written
from lakekit.sql.duplicates import CANDIDATES, WINDOW, candidates_query, duplicates_query


def find_repeats(
    tools: Tools, job: Job, batch: Batch, rows: Landed, boundary: Watermark | None, work: Path
) -> Input | None:
    """The duplicates among the landed rows, as a table for `lanes_query`; None when there are none.

    Looked for are rows of the batch that share a key, and, along a watermark, rows at or below `boundary`, the greatest
    value in the table, and those without a value where such rows pass once: they are read with each batch. All other
    rows are new by what they are, and cost nothing here.
    """
    unplaced = batch.mode is Mode.CURSOR and job.contract.null_watermark is NullWatermark.ONCE
    query = candidates_query(job.contract, job.cursor, rows.groups, boundary, unplaced=unplaced)
    candidates = tools.engine.write(query, rows.inputs, work / "candidates") if query else ()
    if not candidates:
        return None
    inputs = {CANDIDATES: _files(candidates)}
    window = _window(tools, job, batch, unplaced) if boundary or unplaced else None
    if window:
        inputs[WINDOW] = window
    compared = duplicates_query(
        job.contract, window=bool(window), cursor=job.cursor, low=batch.bounds.low, unplaced=unplaced
    )
    found = tools.engine.write(compared, inputs, work / "duplicates")
    return _files(found) if found else None


def _window(tools: Tools, job: Job, batch: Batch, unplaced: bool) -> Input | None:
    """The published files that may hold rows at or above the batch's lower bound, or, with `unplaced`, rows without a
    value, at the newest version."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    if snapshot is None:
        return None
    low = batch.bounds.low
    return published(tools, job, snapshot, job.cursor, low.value if low else None, nulls=unplaced)


def _files(written: tuple[Written, ...]) -> Input:
    return Input(tuple(str(w.path) for w in written))
