"""Extract: from the source into the landing zone, once."""

from __future__ import annotations

from attrs import evolve

from lakekit.app.ledger import Entry, Ledger
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Status
from lakekit.domain.landing import Manifest


def extract(tools: Tools, job: Job, ledger: Ledger, entry: Entry) -> tuple[Entry, Manifest]:
    """Land the batch's rows, unless a finished landing is there already. The manifest is written last."""
    batch = entry.batch
    manifest = tools.landing.manifest(job.dataset, batch.uid)
    if manifest is None:
        folder = tools.landing.create(job.dataset, batch.uid)
        manifest = Manifest(job.source().extract(job.contract, job.cursor, batch.bounds, folder))
        tools.landing.seal(job.dataset, batch.uid, manifest)
    if batch.status is Status.OPENED:
        entry = ledger.advance(entry, evolve(batch, status=Status.EXTRACTED))
    return entry, manifest
