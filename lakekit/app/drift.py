"""Drift: noticed when a part has landed, stopped where the contract says so, and told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch
from lakekit.domain.contract import Column, Contract
from lakekit.domain.drift import NO_DRIFT, Drift, together
from lakekit.domain.errors import SourceError
from lakekit.domain.evolution import MissingColumn, NewColumn, RenamedCase, TypeChange
from lakekit.domain.names import column_problem
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.domain.stream import Ledgered
from lakekit.domain.types import flat_type, parse_type
from lakekit.sql.drift import drift

UNCLASSIFIED = "unclassified"
"""The tag of columns that nobody has looked at: they count as personal."""


def drifted(job: Job, parts: Iterable[tuple[str, Sequence[TableColumn]]]) -> Drift:
    """How the parts of a batch, each a source and its columns, differ from the contract.

    Raises SourceError for drift that the contract does not let pass, and for a part that has none of its columns.
    Asked before the landing is sealed, so that the source can be mended.
    """
    return together(_passed(job, source, found) for source, found in parts)


def grown(job: Job, batch: Batch) -> Job:
    """The job with a contract that also names the columns that the batch adds to the table."""
    return _with(job, batch.drift.new)


def as_the_table(tools: Tools, job: Job) -> Job:
    """The job with a contract that also names the columns that earlier batches have added to the table."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    wanted = {c.name for c in bronze_columns(job.contract)}
    return _with(job, [c for c in snapshot.columns if c.name not in wanted] if snapshot else ())


def is_news(batch: Batch, known: Ledgered) -> bool:
    """Whether the drift is another than that of the batch before."""
    before = known.published
    return batch.drift != (before.drift if before else NO_DRIFT)


def _with(job: Job, columns: Sequence[TableColumn]) -> Job:
    contract = job.contract
    if contract.evolution.new_column is NewColumn.ADD:
        for column in columns:
            contract = _added(contract, column)
    return evolve(job, contract=contract)


def _added(contract: Contract, column: TableColumn) -> Contract:
    """Types that a contract cannot name become texts; names that it cannot have stay in `_extra`."""
    names = {c.name.casefold() for c in contract.columns}
    if column.name.casefold() in names or column_problem(column.name):
        return contract
    type_ = flat_type(column.type) or parse_type("string")
    return evolve(contract, columns=(*contract.columns, Column(column.name, type_, pii=UNCLASSIFIED)))


def _passed(job: Job, source: str, columns: Sequence[TableColumn]) -> Drift:
    found, policy = drift(job.contract, columns), job.contract.evolution
    if found.renamed and policy.renamed_case is RenamedCase.STOP:
        told = [f"{theirs!r} is not {ours!r}" for ours, theirs in found.renamed]
        raise _stopped(job, source, "renamed_column", "a column's name differs from the contract's", told)
    if len(found.missing) == len(job.contract.columns):
        names = sorted(c.name for c in columns)[:9]
        raise _stopped(job, source, "foreign_columns", "there is no column of the contract", ["it has", *names])
    if found.new and policy.new_column is NewColumn.STOP:
        told = [f"{c.name} ({c.type})" for c in found.new]
        raise _stopped(job, source, "new_column", "a column is new, and the contract stops at that", told)
    if found.missing and policy.missing_column is MissingColumn.STOP:
        raise _stopped(
            job, source, "missing_column", "a column is missing, and the contract stops at that", found.missing
        )
    if found.changed and policy.type_change is TypeChange.STOP:
        told = [f"{c.column} is {c.found}, not {c.wanted}" for c in found.changed]
        raise _stopped(job, source, "type_changed", "a column's type is another, and the contract stops at that", told)
    return found


def _stopped(job: Job, source: str, code: str, what: str, told: Sequence[str]) -> SourceError:
    return SourceError(
        f"source.{code}",
        what,
        where=source,
        why=", ".join(told),
        next=f"write it alike in the source and in contract {job.contract.name}, or change the contract's `evolution`",
    )
