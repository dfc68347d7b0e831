"""Rows without a value in the watermark column, where the settings stop at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lakekit.app.landed import grouped
from lakekit.app.tools import Job, Tools
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Manifest, Part
from lakekit.domain.watermark import NullWatermark
from lakekit.sql.unplaced import unplaced_query

_NAMED = 5


def stop_at_missing(tools: Tools, job: Job, manifest: Manifest, file: Callable[[Part], Path]) -> None:
    """Raises SourceError `watermark.missing_values` when there is such a row. A text that is no value of the column's
    type is none: it is quarantined, as in any other column."""
    if job.cursor is None or job.contract.null_watermark is not NullWatermark.STOP:
        return
    rows = grouped(tools, job, manifest, file)
    if not rows.groups:
        return
    query = unplaced_query(job.contract, job.cursor, rows.groups)
    found = [(str(source), int(str(count))) for source, count in tools.engine.rows(query, rows.inputs)]
    if found:
        raise _stopped(job, found)


def _stopped(job: Job, found: Sequence[tuple[str, int]]) -> SourceError:
    total = sum(count for _, count in found)
    told = [f"{source} ({count})" for source, count in found[:_NAMED]]
    more = [f"and {len(found) - _NAMED} more"] if len(found) > _NAMED else []
    return SourceError(
        "watermark.missing_values",
        f"{total} rows of {job.dataset} have no value in the watermark column {job.cursor}",
        where=", ".join([*told, *more]),
        why="`null_watermark` is stop; nothing of the batch was published",
        next="give them a value in the source, or set `null_watermark` to quarantine or once, and run again",
    )
