"""Batches of the ledger, for a person and as a document."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.cli.grid import fitting, grid
from lakekit.cli.words import bare, known, number, progress, second
from lakekit.domain.batch import Batch, Counts

Document = dict[str, object]


def lines(batches: Sequence[Batch], width: int) -> list[str]:
    """A line per batch. The books of one without a seal are not fixed yet, so it has none."""
    if not batches:
        return ["no batch has been opened yet"]
    books = (">read", ">published", ">quarantined", ">duplicates")
    rows = [_cells(batch) for batch in batches]
    short = [(bare(name), *rest[:2], *rest[3:]) for name, *rest in rows]
    full = grid(("dataset", ">batch", "state", "opened at", *books, "read up to", ">version"), rows)
    return fitting(
        width, full, grid(("dataset", ">batch", "state", ">read", ">publ.", ">quar.", ">dupl.", "up to", ">v."), short)
    )


def document(batches: Sequence[Batch]) -> Document:
    """Of `history`. Keys are stable."""
    return {"batches": [_batch(batch) for batch in batches]}


def _cells(batch: Batch) -> tuple[str, ...]:
    return (
        batch.dataset,
        str(batch.number),
        batch.status.value,
        second(batch.opened_at),
        *_books(batch.seal.counts if batch.seal else None),
        progress(batch.seal.watermark if batch.seal else None),
        known(batch.published_version),
    )


def _books(counts: Counts | None) -> tuple[str, ...]:
    if counts is None:
        return ("-",) * 4
    return tuple(map(number, (counts.read, counts.published, counts.quarantined, counts.duplicates)))


def _batch(batch: Batch) -> Document:
    seal = batch.seal
    counts = seal.counts if seal else None
    mark = seal.watermark if seal else None
    return {
        "dataset": batch.dataset,
        "stream": batch.stream,
        "generation": batch.generation,
        "batch": batch.number,
        "status": batch.status.value,
        "mode": batch.mode.value,
        "opened_at": batch.opened_at,
        "read": counts.read if counts else None,
        "published": counts.published if counts else None,
        "quarantined": counts.quarantined if counts else None,
        "duplicates": counts.duplicates if counts else None,
        "watermark": {"type": mark.type, "value": mark.value} if mark else None,
        "files": len(batch.bounds.files),
        "contract_version": batch.contract_version,
        "table_version": batch.published_version,
        "run_id": seal.run_id if seal else None,
        "drift": list(batch.drift.lines()),
    }
