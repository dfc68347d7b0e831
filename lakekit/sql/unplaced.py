"""Landed rows that have no place on the axis along which a dataset is read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.contract import CURSOR_MISSING, Contract
from lakekit.domain.watermark import NullWatermark
from lakekit.sql.evaluation import evaluate
from lakekit.sql.landing import Group, Slice, slices
from lakekit.sql.rules import failures
from lakekit.sql.tree import column, count, named, subquery, union_all


def unplaced_query(contract: Contract, cursor: str, groups: Sequence[Group]) -> exp.Query:
    """(source, rows) of each source that has rows without a value in the watermark column, in order of the source.
    There must be a group."""
    alone = Contract(contract.name, (contract.column(cursor),), null_watermark=NullWatermark.QUARANTINE)
    rows = subquery(union_all([_unplaced(alone, cursor, s) for s in slices(groups)]), "u")
    told = exp.Select(expressions=[column("origin"), named(count(), "rows_")]).from_(rows, copy=False)
    return told.group_by(column("origin"), copy=False).order_by(column("origin"), copy=False)


def _unplaced(alone: Contract, cursor: str, slice_: Slice) -> exp.Select:
    found = evaluate(slice_, alone.columns, slice_.rows())
    (missing,) = [predicate for rule, predicate in failures(alone, cursor, found.cells) if rule.code == CURSOR_MISSING]
    told = exp.Select(expressions=[named(slice_.source, "origin")]).from_(subquery(found.rows, "r"), copy=False)
    return told.where(missing, copy=False)
