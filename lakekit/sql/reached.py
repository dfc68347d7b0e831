"""How far a batch reached along its watermark column."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.contract import Contract
from lakekit.sql.cursor import highest
from lakekit.sql.evaluation import evaluate
from lakekit.sql.landing import Group, Slice, slices
from lakekit.sql.rules import failures
from lakekit.sql.tree import any_of, coalesce, column, named, negated, subquery, union_all


def reached_query(contract: Contract, cursor: str, groups: Sequence[Group]) -> exp.Query:
    """One row: the greatest value of the cursor, as the text of a watermark, among landed rows whose cursor fails no
    rule of its own; NULL when there is none.

    Rows that are rejected for other columns count, as they have been read. A cursor outside its own limits does not:
    one wrong year must not carry the watermark away.
    """
    own = Contract(contract.name, (contract.column(cursor),))
    rows = subquery(union_all([_good(own, cursor, s) for s in slices(groups)]), "u")
    told = highest(column("at"), own.columns[0].type)
    return exp.Select(expressions=[named(told, "highest")]).from_(rows, copy=False)


def _good(own: Contract, cursor: str, slice_: Slice) -> exp.Select:
    found = evaluate(slice_, own.columns, slice_.rows())
    failed = any_of([predicate for _, predicate in failures(own, cursor, found.cells)])
    told = exp.Select(expressions=[named(found.cells[cursor].typed, "at")]).from_(subquery(found.rows, "r"), copy=False)
    return told.where(coalesce(negated(failed), exp.true()), copy=False)
