"""The contract pass over landed rows, step by step, so that every cast is made once and named for all who need it.

Steps are subqueries, each adding columns to the ones below: `v0`… raw values without null markers, `p0`… attempts,
`a0`… and `m0`… local times of a zone by their calendar and as moments, `t0`… values, `bad` whether a row fails a rule.
A column for which a step has nothing to do is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.contract import Column, Contract, Rule
from lakekit.sql.canonical import as_text
from lakekit.sql.evidence import pack
from lakekit.sql.landing import Slice
from lakekit.sql.rules import Cell, Raw, calendar, failures, placed, tried, unmarked, value
from lakekit.sql.tree import any_of, coalesce, column, named, null, subquery, text_map


@frozen
class Evaluation:
    """Rows with the values of a contract's columns, as `cells` name them."""

    slice: Slice
    rows: exp.Select
    cells: dict[str, Cell]

    @property
    def typed(self) -> list[exp.Expression]:
        """The values under the contract's names."""
        return [named(cell.typed, told) for told, cell in self.cells.items()]

    @property
    def extra(self) -> exp.Expression:
        """The columns of the source that the contract does not name, sorted; NULL when there is none."""
        raw = self.slice.raw
        entries = [(n, as_text(*raw[n])) for n in sorted(raw.keys() - self.cells.keys())]
        return text_map(entries) if entries else null("map<string,string>")


@frozen
class Judged:
    """An evaluation whose rows also say, in `bad`, whether they fail a rule."""

    evaluation: Evaluation
    rows: exp.Select
    failures: tuple[tuple[Rule, exp.Expression], ...]

    @property
    def evidence(self) -> exp.Expression:
        """What the quarantine needs of a rejected row."""
        slice_ = self.evaluation.slice
        values = {n: as_text(raw, physical) for n, (raw, physical) in slice_.raw.items()}
        return pack(slice_.row, [predicate for _, predicate in self.failures], values)


def evaluate(slice_: Slice, columns: Sequence[Column], landed: exp.Select) -> Evaluation:
    """The values of `columns` for the rows of `landed`, which has the columns of `slice_.rows()`."""
    landed_as = slice_.raw
    raw = [_raw(c, landed_as.get(c.name)) for c in columns]
    landed, plain = _step(landed, "v", [r.value for r in raw])
    raw = [Raw(v, r.physical, r.markers) for v, r in zip(plain, raw, strict=True)]
    landed, attempts = _step(landed, "p", [tried(c, r) for c, r in zip(columns, raw, strict=True)])
    told = list(zip(columns, raw, attempts, strict=True))
    landed, alike = _step(landed, "a", [calendar(*told_) for told_ in told])
    landed, attempts = _step(landed, "m", [placed(*told_, a) for told_, a in zip(told, alike, strict=True)])
    typed = [value(c, r, p) for c, r, p in zip(columns, raw, attempts, strict=True)]
    landed, values = _step(landed, "t", typed)
    cells = {c.name: Cell(c, r, t) for c, r, t in zip(columns, raw, values, strict=True)}
    return Evaluation(slice_, landed, cells)


def judge(contract: Contract, cursor: str | None, evaluation: Evaluation) -> Judged:
    """The rows of the evaluation of all columns of the contract, judged by its rules."""
    found = failures(contract, cursor, evaluation.cells)
    possible = [predicate for _, predicate in found if not isinstance(predicate, exp.Boolean)]
    bad = coalesce(any_of(possible), exp.false())
    return Judged(evaluation, _with(evaluation.rows, [named(bad, "bad")]), found)


def _raw(told: Column, landed_as: tuple[exp.Column, str] | None) -> Raw:
    """A column that the landing lacks has no value in any row."""
    if landed_as is None:
        return Raw(null(str(told.type)), str(told.type))
    return unmarked(told, *landed_as)


def _step(rows: exp.Select, prefix: str, values: Sequence[exp.Expression]) -> tuple[exp.Select, list[exp.Expression]]:
    """`rows` with the values that are more than a column, and for every value the column that has it now."""
    added = {i: f"{prefix}{i}" for i, v in enumerate(values) if not isinstance(v, exp.Column)}
    if not added:
        return rows, list(values)
    stepped = _with(rows, [named(values[i], told) for i, told in added.items()])
    return stepped, [column(added[i]) if i in added else v for i, v in enumerate(values)]


def _with(rows: exp.Select, added: Sequence[exp.Expression]) -> exp.Select:
    return exp.Select(expressions=[exp.Star(), *added]).from_(subquery(rows, "r"), copy=False)
