"""Drift: noticed when a part has landed, stopped where the contract says so, and told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, Mode, Status
from lakekit.domain.drift import NO_DRIFT, Drift, together
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.domain.stream import Ledgered
from lakekit.sql.evolution import let_pass, with_columns, with_types


def drifted(job: Job, parts: Iterable[tuple[str, Sequence[TableColumn]]]) -> Drift:
    """How the parts of a batch, each a source and its columns, differ from the contract. Raises SourceError as
    `let_pass` does. Asked before the landing is sealed, so that the source can be mended."""
    return together(let_pass(job.contract, source, found) for source, found in parts)


def grown(job: Job, batch: Batch) -> Job:
    """The job with a contract that also names the columns that the batch adds to the table, each of a type that holds
    what the batch has.

    Along a watermark rows are read again and compared with those of the table: `0.1` is another double than the float
    `0.1` is, so there no batch makes doubles of floats.
    """
    found = (*batch.drift.new, *(TableColumn(c.column, c.found) for c in batch.drift.changed))
    contract = with_types(_with(job, batch.drift.new).contract, found, inexact=job.mode is not Mode.CURSOR)
    return evolve(job, contract=contract)


def as_the_table(tools: Tools, job: Job) -> Job:
    """The job with a contract that also names the columns that earlier batches have added to the table, each of a type
    that holds what the table has."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    wanted = {c.name for c in bronze_columns(job.contract)}
    there = snapshot.columns if snapshot else ()
    added = _with(job, [c for c in there if c.name not in wanted])
    return evolve(added, contract=with_types(added.contract, there))


def is_news(batch: Batch, known: Ledgered) -> bool:
    """Whether the drift is another than that of the batch before; and where this one was held already, than it was
    then, when it was told."""
    waits = known.pending
    before = waits if waits and waits.status is Status.HELD and waits.verdict else known.published
    return batch.drift != (before.drift if before else NO_DRIFT)


def _with(job: Job, columns: Sequence[TableColumn]) -> Job:
    return evolve(job, contract=with_columns(job.contract, columns))
