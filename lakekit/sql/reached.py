"""How far a batch reached along its watermark column."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.contract import Column, Contract
from lakekit.domain.watermark import Watermark
from lakekit.sql.cursor import highest
from lakekit.sql.evaluation import evaluate
from lakekit.sql.landing import Group, Slice, slices
from lakekit.sql.rules import failures
from lakekit.sql.tree import any_of, case, coalesce, column, literal, named, negated, own, subquery, table, union_all


def reached_query(contract: Contract, cursor: str, groups: Sequence[Group], limit: Watermark | None) -> exp.Query:
    """One row: the greatest value of the cursor, and the greatest that is at most `limit`, as texts of a watermark,
    among landed rows whose cursor fails no rule of its own; NULL when there is none.

    Rows that are rejected for other columns count, as they have been read. A cursor outside its own limits does not.
    """
    alone = Contract(contract.name, (contract.column(cursor),))
    type_, at = alone.columns[0].type, column("at")
    rows = subquery(union_all([_good(alone, cursor, s) for s in slices(groups)]), "u")
    within: exp.Expression = at
    if limit is not None:
        within = case((exp.LTE(this=own(at), expression=literal(limit.value, type_)), at))
    told = [named(highest(at, type_), "highest"), named(highest(within, type_), "reached")]
    return exp.Select(expressions=told).from_(rows, copy=False)


def highest_query(cursor: Column, table_name: str) -> exp.Query:
    """One row, one column: the greatest value of the watermark column in a table that has the contract's columns."""
    told = named(highest(column(cursor.name), cursor.type), "highest")
    return exp.Select(expressions=[told]).from_(table(table_name), copy=False)


def _good(alone: Contract, cursor: str, slice_: Slice) -> exp.Select:
    found = evaluate(slice_, alone.columns, slice_.rows())
    failed = any_of([predicate for _, predicate in failures(alone, cursor, found.cells)])
    told = exp.Select(expressions=[named(found.cells[cursor].typed, "at")]).from_(subquery(found.rows, "r"), copy=False)
    return told.where(coalesce(negated(failed), exp.true()), copy=False)
