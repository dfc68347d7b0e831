"""Drift: how a source differs from its contract."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from lakekit.domain.schema import TableColumn


@frozen
class TypeDrift:
    """A column that is `found` where the contract says `wanted`; both are types as in Spark DDL."""

    column: str
    wanted: str
    found: str


@frozen
class Drift:
    """How a source's columns differ from its contract, each kind sorted by name. `renamed` has (the contract's name,
    the source's)."""

    new: tuple[TableColumn, ...] = ()
    missing: tuple[str, ...] = ()
    changed: tuple[TypeDrift, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The difference, a line for each column: `+` new, `-` missing, `~` of another type or name."""
        return (
            *(f"+ {c.name} {c.type}" for c in self.new),
            *(f"- {name}" for name in self.missing),
            *(f"~ {c.column} {c.wanted}, now {c.found}" for c in self.changed),
            *(f"~ {ours}, now called {theirs}" for ours, theirs in self.renamed),
        )


NO_DRIFT = Drift()


def together(drifts: Iterable[Drift]) -> Drift:
    """The drift of several files of one source. A new column that has two types counts as a text."""
    told = tuple(drifts)
    types: dict[str, set[str]] = {}
    for column in (c for d in told for c in d.new):
        types.setdefault(column.name, set()).add(column.type)
    return Drift(
        new=tuple(TableColumn(n, t.pop() if len(t) == 1 else "string") for n, t in sorted(types.items())),
        missing=tuple(sorted({name for d in told for name in d.missing})),
        changed=tuple(sorted({c for d in told for c in d.changed}, key=lambda c: (c.column, c.found))),
        renamed=tuple(sorted({pair for d in told for pair in d.renamed})),
    )
