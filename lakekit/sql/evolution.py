"""What a contract's evolution makes of columns that have drifted from it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from lakekit.domain.contract import Column, Contract
from lakekit.domain.drift import Drift
from lakekit.domain.errors import SourceError
from lakekit.domain.evolution import MissingColumn, NewColumn, RenamedCase, TypeChange
from lakekit.domain.names import column_problem
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import ColumnType, Kind, flat_type, parse_type
from lakekit.domain.widening import least
from lakekit.sql.drift import drift

UNCLASSIFIED = "unclassified"
"""The tag of columns that nobody has looked at: they count as personal."""

_SHORT = {"byte": ColumnType(Kind.DECIMAL, 3), "short": ColumnType(Kind.DECIMAL, 5)}
"""Integers that a contract cannot name, as decimals of so many digits."""


def let_pass(contract: Contract, source: str, columns: Sequence[TableColumn]) -> Drift:
    """How the columns of `source` differ from the contract.

    Raises SourceError for drift that the contract does not let pass, and for a source that has none of its columns.
    """
    found, policy = drift(contract, columns), contract.evolution
    if found.renamed and policy.renamed_case is RenamedCase.STOP:
        told = [f"{theirs!r} is not {ours!r}" for ours, theirs in found.renamed]
        raise _stopped(contract, source, "renamed_column", "a column's name differs from the contract's", told)
    if len(found.missing) == len(contract.columns):
        raise _foreign(contract, source, columns)
    if found.new and policy.new_column is NewColumn.STOP:
        told = [f"{c.name} ({c.type})" for c in found.new]
        raise _stopped(contract, source, "new_column", "a column is new, and the contract stops at that", told)
    if found.missing and policy.missing_column is MissingColumn.STOP:
        what = "a column is missing, and the contract stops at that"
        raise _stopped(contract, source, "missing_column", what, found.missing)
    if found.changed and policy.type_change is TypeChange.STOP:
        told = [f"{c.column} is {c.found}, not {c.wanted}" for c in found.changed]
        what = "a column's type is another, and the contract stops at that"
        raise _stopped(contract, source, "type_changed", what, told)
    return found


def with_columns(contract: Contract, columns: Sequence[TableColumn]) -> Contract:
    """The contract, which also names the columns where new ones become columns of the table."""
    if contract.evolution.new_column is NewColumn.ADD:
        for column in columns:
            contract = _added(contract, column)
    return contract


def with_types(contract: Contract, columns: Sequence[TableColumn], *, inexact: bool = True) -> Contract:
    """The contract, its columns of the least types that hold what these have too, where types are widened. Columns that
    have no such type stay as they are; without `inexact` so do floating numbers."""
    if contract.evolution.type_change is not TypeChange.WIDEN:
        return contract
    types = {c.name: c.type for c in contract.columns}
    for column in columns:
        physical, own = _SHORT.get(column.type) or flat_type(column.type), types.get(column.name)
        wide = least(own, physical) if own and physical else None
        if wide and (inexact or wide.kind is not Kind.DOUBLE):
            types[column.name] = wide
    return evolve(contract, columns=tuple(evolve(c, type=types[c.name]) for c in contract.columns))


def _added(contract: Contract, column: TableColumn) -> Contract:
    """Types that a contract cannot name become texts; names that it cannot have stay in `_extra`."""
    names = {c.name.casefold() for c in contract.columns}
    if column.name.casefold() in names or column_problem(column.name):
        return contract
    type_ = flat_type(column.type) or parse_type("string")
    return evolve(contract, columns=(*contract.columns, Column(column.name, type_, pii=UNCLASSIFIED)))


def _foreign(contract: Contract, source: str, columns: Sequence[TableColumn]) -> SourceError:
    """The usual causes lie in how the source is read, and no policy would help."""
    return SourceError(
        "source.foreign_columns",
        "there is no column of the contract",
        where=source,
        why=f"it has {', '.join(sorted(c.name for c in columns)[:9])}",
        next=f"set the source's `delimiter`, `skip_lines` or `columns`, or see whether {contract.name} is its contract",
    )


def _stopped(contract: Contract, source: str, code: str, what: str, told: Sequence[str]) -> SourceError:
    return SourceError(
        f"source.{code}",
        what,
        where=source,
        why=", ".join(told),
        next=f"write it alike in the source and in contract {contract.name}, or change the contract's `evolution`",
    )
