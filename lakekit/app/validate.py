"""Validate: landed rows through the contract into lanes. One evaluation; every row comes out in exactly one lane."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from lakekit.app.landed import Landed, landed
from lakekit.app.parts import partitions, parts
from lakekit.app.reach import Reach, reach
from lakekit.app.repeats import find_repeats
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, Counts, Mode, ReasonCount
from lakekit.domain.landing import Manifest
from lakekit.domain.schema import bronze_columns
from lakekit.domain.stream import Ledgered
from lakekit.domain.watermark import Watermark
from lakekit.ports.engine import Input, Written
from lakekit.sql.lanes import DUPLICATE, DUPLICATES, REJECTED, Stamp, is_accepted, lanes_query
from lakekit.sql.quarantine import EXISTING, MALFORMED_TABLE, QUARANTINED, quarantine_query
from lakekit.sql.review import TABLE as QUARANTINE_TABLE
from lakekit.sql.review import reasons_query


@frozen
class Lanes:
    """A batch after validation: the files of each lane, still in the landing zone, and its books.

    `watermark` and `highest` are those of the seal. `ingest_ts` and `run_date` are what the rows say. `partitions` are
    the columns by whose values accepted rows are split, `parts` these values by file.
    """

    accepted: tuple[Written, ...]
    quarantined: tuple[Written, ...]
    counts: Counts
    reasons: tuple[ReasonCount, ...]
    watermark: Watermark | None
    highest: Watermark | None
    ingest_ts: str
    run_date: str
    partitions: tuple[str, ...] = ()
    parts: Mapping[Path, dict[str, str | None]] = field(factory=dict)


def validate(tools: Tools, job: Job, batch: Batch, manifest: Manifest, known: Ledgered) -> Lanes:
    """Evaluate the batch once and prepare its lanes in the workspace. Each count is of what was written."""
    now = tools.clock.now()
    stamp = Stamp(now.isoformat(), batch.number, now.date().isoformat())
    work = tools.landing.workspace(job.dataset, batch.uid, batch.token)
    rows = landed(tools, job, batch, manifest)
    reached = reach(tools, job, batch, rows, known)
    by = partitions(tools, job)
    split = _split(tools, job, batch, rows, reached, stamp, work, by)
    kept = _quarantine(tools, job, batch, rows, _lane(split, REJECTED), stamp, work)
    accepted, quarantined = tuple(f for f in split if is_accepted(f.lane)), _lane(kept, QUARANTINED)
    return Lanes(
        accepted=accepted,
        quarantined=quarantined,
        counts=Counts(
            read=manifest.rows,
            published=_rows(accepted),
            quarantined=_rows(quarantined),
            duplicates=_rows(_lane(split, DUPLICATE)) + _rows(_lane(kept, DUPLICATE)) + manifest.repeated,
        ),
        reasons=_reasons(tools, quarantined),
        watermark=reached.watermark,
        highest=reached.highest,
        ingest_ts=stamp.ingest_ts,
        run_date=stamp.run_date,
        partitions=by,
        parts=parts(tools.engine, job.dataset, [c.name for c in bronze_columns(job.contract)], accepted, by),
    )


def _split(
    tools: Tools,
    job: Job,
    batch: Batch,
    rows: Landed,
    reached: Reach,
    stamp: Stamp,
    work: Path,
    by: tuple[str, ...],
) -> tuple[Written, ...]:
    if not rows.groups:
        return ()
    repeats = find_repeats(tools, job, batch, rows, reached.before, work)
    query = lanes_query(job.contract, job.cursor, rows.groups, stamp, duplicates=repeats is not None, partitions=by)
    inputs = {**rows.inputs, DUPLICATES: repeats} if repeats else rows.inputs
    return tools.engine.write(query, inputs, work / "split")


def _quarantine(
    tools: Tools, job: Job, batch: Batch, rows: Landed, rejected: tuple[Written, ...], stamp: Stamp, work: Path
) -> tuple[Written, ...]:
    """Rejected rows and malformed records as rows of the quarantine, those that it holds already set apart."""
    if not rejected and not rows.malformed:
        return ()
    inputs: dict[str, Input] = {}
    if rejected:
        inputs[REJECTED] = _input(rejected)
    if rows.malformed:
        inputs[MALFORMED_TABLE] = Input(tuple(rows.malformed), positions=True)
    compared = _compared(batch)
    held = _held(tools, job) if compared else None
    if held:
        inputs[EXISTING] = held
    query = quarantine_query(
        job.contract,
        job.cursor,
        stamp,
        rejected=bool(rejected),
        malformed=rows.malformed,
        existing=compared if held else (),
    )
    return tools.engine.write(query, inputs, work / "quarantine")


def _compared(batch: Batch) -> tuple[str, ...]:
    """By what a rejected row is known again. Along a watermark rows are read more than once, from whichever file;
    a file is read again only in a later generation of the stream; a full load replaces what it rejected before."""
    if batch.mode is Mode.CURSOR:
        return ("content_hash",)
    return ("_source", "content_hash") if batch.mode is Mode.FILES and batch.generation > 1 else ()


def _held(tools: Tools, job: Job) -> Input | None:
    snapshot = tools.tables.snapshot(job.dataset.quarantine)
    files = tools.tables.files(job.dataset.quarantine, snapshot.version) if snapshot else ()
    return Input(files) if files else None


def _reasons(tools: Tools, quarantined: tuple[Written, ...]) -> tuple[ReasonCount, ...]:
    if not quarantined:
        return ()
    found = tools.engine.rows(reasons_query(), {QUARANTINE_TABLE: _input(quarantined)})
    return tuple(ReasonCount(str(code), str(column), int(str(rows))) for code, column, rows in found)


def _lane(files: tuple[Written, ...], lane: str) -> tuple[Written, ...]:
    return tuple(f for f in files if f.lane == lane)


def _rows(files: tuple[Written, ...]) -> int:
    return sum(f.rows for f in files)


def _input(files: tuple[Written, ...]) -> Input:
    return Input(tuple(str(f.path) for f in files))
