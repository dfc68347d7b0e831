"""Extract: from the source into the landing zone, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from attrs import evolve

from lakekit.app.drift import drifted
from lakekit.app.ledger import Entry, Ledger
from lakekit.app.progress import Reading
from lakekit.app.tools import Job, Tools
from lakekit.app.unplaced import stop_at_missing
from lakekit.domain.batch import Status
from lakekit.domain.drift import Drift
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Manifest, Part
from lakekit.domain.schema import TableColumn


def extract(tools: Tools, job: Job, asked: Job, ledger: Ledger, entry: Entry) -> tuple[Entry, Manifest]:
    """Land the batch's rows, unless a finished landing is there already. The manifest is written last, and not where
    the contract stops at what was read: the next run reads the source as it is then. Drift is from the contract as it
    is written, that of `asked`; bounds are of the types to which its table has grown, as in `job`.

    Raises SourceError there. Rows that had landed before the contract stopped at them may be the only copy: their batch
    waits as one that a gate holds (`lakekit.domain.opening`).
    """
    batch = entry.batch
    reading = Reading(tools.reporter, str(job.dataset), sum(file.size for file in batch.bounds.files) or None)
    manifest = tools.landing.manifest(job.dataset, batch.uid)
    if manifest is None:
        folder = tools.landing.create(job.dataset, batch.uid)
        manifest = Manifest(job.source(reading).extract(job.contract, job.cursor, batch.bounds, folder))
        found = _let_pass(tools, job, asked, manifest, lambda part: folder / part.path)
        tools.landing.seal(job.dataset, batch.uid, manifest)
    else:
        try:
            place = partial(tools.landing.part, job.dataset, batch.uid)
            found = _let_pass(tools, job, asked, manifest, place)
        except SourceError:
            ledger.advance(entry, evolve(batch, status=Status.HELD))
            raise
    reading.landed(manifest.rows)
    status = Status.EXTRACTED if batch.status is Status.OPENED else batch.status
    if (status, found) != (batch.status, batch.drift):
        entry = ledger.advance(entry, evolve(batch, status=status, drift=found))
    return entry, manifest


def _let_pass(tools: Tools, job: Job, asked: Job, manifest: Manifest, file: Callable[[Part], Path]) -> Drift:
    found = drifted(asked, _columns(tools, manifest, file))
    stop_at_missing(tools, job, manifest, file)
    return found


def _columns(
    tools: Tools, manifest: Manifest, file: Callable[[Part], Path]
) -> Iterator[tuple[str, Sequence[TableColumn]]]:
    """Each parsed part's source and columns, without the one that the source has added for positions."""
    for part in manifest.parts:
        if not part.malformed:
            columns = tools.engine.columns(str(file(part)))
            yield part.source, [c for c in columns if c.name != part.position_column]
