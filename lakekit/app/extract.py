"""Extract: from the source into the landing zone, once."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from lakekit.app.ledger import Entry, Ledger
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Status
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Manifest
from lakekit.domain.schema import TableColumn


def extract(tools: Tools, job: Job, ledger: Ledger, entry: Entry) -> tuple[Entry, Manifest]:
    """Land the batch's rows, unless a finished landing is there already. The manifest is written last."""
    batch = entry.batch
    manifest = tools.landing.manifest(job.dataset, batch.uid)
    if manifest is None:
        folder = tools.landing.create(job.dataset, batch.uid)
        manifest = Manifest(job.source().extract(job.contract, job.cursor, batch.bounds, folder))
        for part in manifest.parts:
            if not part.malformed:
                _refuse_stranger(job, part.source, tools.engine.columns(str(folder / part.path)))
        tools.landing.seal(job.dataset, batch.uid, manifest)
    if batch.status is Status.OPENED:
        entry = ledger.advance(entry, evolve(batch, status=Status.EXTRACTED))
    return entry, manifest


def _refuse_stranger(job: Job, source: str, columns: Sequence[TableColumn]) -> None:
    """Raises SourceError for a part that has none of the contract's columns, or has one under a name that differs in
    case or blanks alone: its values would be missing, and nobody would notice. Asked before the landing is sealed, so
    that the source can be mended."""
    landed, wanted = {c.name for c in columns}, {c.name for c in job.contract.columns}
    folded = {_folded(name): name for name in landed - wanted}
    renamed = [(name, folded[_folded(name)]) for name in sorted(wanted - landed) if _folded(name) in folded]
    if not renamed and (landed & wanted or not wanted):
        return
    raise SourceError(
        "source.renamed_column" if renamed else "source.foreign_columns",
        "a column's name differs from the contract's" if renamed else "there is no column of the contract",
        where=source,
        why=", ".join(f"{theirs!r} is not {ours!r}" for ours, theirs in renamed)
        or f"it has {', '.join(sorted(landed)[:9])}",
        next=f"write the name alike in the source and in contract {job.contract.name}",
    )


def _folded(name: str) -> str:
    return name.strip().casefold()
