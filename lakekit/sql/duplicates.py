"""Rows of a batch that were seen before: in the batch itself, or in the part of the table that it may overlap.

Two rows are the same when all columns of the contract and `_extra` are, NULL equal to NULL. Only rows that can be
duplicates are compared: `candidates_query` finds them by key and watermark column, before it evaluates them whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.contract import Contract
from lakekit.domain.schema import TEXT_MAP_TYPE
from lakekit.domain.watermark import Watermark
from lakekit.sql.comparable import comparable
from lakekit.sql.evaluation import evaluate, judge
from lakekit.sql.landing import FILE, PLACE, Group, Slice, slices
from lakekit.sql.tree import (
    all_of,
    any_of,
    column,
    count,
    is_known,
    is_null,
    literal,
    name,
    named,
    negated,
    null,
    own,
    subquery,
    table,
    union_all,
)

CANDIDATES, WINDOW = "candidates", "window"
"""Names of tables: what `candidates_query` wrote, and the bronze files that the batch may overlap."""


def candidates_query(
    contract: Contract,
    cursor: str | None,
    groups: Sequence[Group],
    boundary: Watermark | None,
    *,
    unplaced: bool = False,
) -> exp.Query | None:
    """The landed rows that would be accepted and may be duplicates: the contract's columns, `_extra`, `_file`, `_row`.

    A row may be one when its key stands more than once in the batch, or when the value of the watermark column is at
    most `boundary`, where the last batch ended, or, with `unplaced`, when it has no value there. Without any of these
    none may: then there is no query.
    """
    if not contract.keys and (cursor is None or (boundary is None and not unplaced)):
        return None
    chosen = _chosen(contract, cursor, groups, boundary, unplaced)
    return union_all([_candidates(contract, cursor, s, chosen) for s in slices(groups)])


def duplicates_query(
    contract: Contract,
    *,
    window: bool = False,
    cursor: str | None = None,
    low: Watermark | None = None,
    unplaced: bool = False,
) -> exp.Query:
    """(`_file`, `_row`) of the duplicates among the rows of the table `candidates`.

    `window` says whether there is the table of that name, whose rows count with a watermark column of at least `low`
    and, with `unplaced`, without a value there. With keys, a row is a duplicate when the same row stands before it in
    the batch, or anywhere in the window. Without keys equal rows are different things: of a row that the window has m
    times, the first m are duplicates.
    """
    told = [_compared(contract, table(CANDIDATES), batch=True)]
    if window:
        told.append(_compared(contract, _overlap(contract, cursor, low, unplaced), batch=False))
    rows = exp.Select(expressions=[exp.Star(), *_numbers(contract)]).from_(subquery(union_all(told), "r"), copy=False)
    within, seen = column("ordinal"), column("seen")
    if contract.keys:
        duplicate = any_of([_compare(exp.GT, within, 1), _compare(exp.GT, seen, 0)])
    else:
        duplicate = exp.LTE(this=within, expression=seen)
    found = exp.Select(expressions=[column(FILE), column("_row")]).from_(subquery(rows, "r"), copy=False)
    return found.where(all_of([is_known(column(FILE)), duplicate]), copy=False)


def _chosen(
    contract: Contract, cursor: str | None, groups: Sequence[Group], boundary: Watermark | None, unplaced: bool
) -> exp.Select:
    """(`_file`, `_place`) of the rows that may be duplicates."""
    rows = exp.Select(expressions=[column(FILE, "n"), column(PLACE, "n")])
    rows.from_(subquery(_narrow(contract, cursor, groups), "n"), copy=False)
    conditions = []
    if contract.keys:
        keys = [f"k{i}" for i in range(len(contract.keys))]
        same = all_of([exp.EQ(this=column(k, "n"), expression=column(k, "t")) for k in keys])
        rows.join(subquery(_repeated(contract, cursor, groups, keys), "t"), on=same, join_type="left", copy=False)
        conditions.append(is_known(column("times", "t")))
    if cursor is not None and boundary is not None:
        limit = literal(boundary.value, contract.column(cursor).type)
        conditions.append(exp.LTE(this=column("cursor", "n"), expression=limit))
    if cursor is not None and unplaced:
        conditions.append(is_null(column("cursor", "n")))
    return rows.where(any_of(conditions), copy=False)


def _repeated(contract: Contract, cursor: str | None, groups: Sequence[Group], keys: Sequence[str]) -> exp.Select:
    told = exp.Select(expressions=[*map(column, keys), named(count(), "times")])
    told.from_(subquery(_narrow(contract, cursor, groups), "n"), copy=False)
    return told.group_by(*map(column, keys), copy=False).having(_compare(exp.GT, count(), 1), copy=False)


def _narrow(contract: Contract, cursor: str | None, groups: Sequence[Group]) -> exp.Query:
    """Every landed row: its file and place, its key as k0, k1…, and the watermark column as `cursor`."""
    names = [*contract.keys, *([cursor] if cursor and cursor not in contract.keys else [])]
    columns = [contract.column(n) for n in names]
    told = []
    for slice_ in slices(groups):
        found = evaluate(slice_, columns, slice_.rows())
        values = [named(found.cells[key].typed, f"k{i}") for i, key in enumerate(contract.keys)]
        if cursor:
            values.append(named(found.cells[cursor].typed, "cursor"))
        select = exp.Select(expressions=[column(FILE), column(PLACE), *values])
        told.append(select.from_(subquery(found.rows, "r"), copy=False))
    return union_all(told)


def _candidates(contract: Contract, cursor: str | None, slice_: Slice, chosen: exp.Select) -> exp.Select:
    same = all_of([exp.EQ(this=column(c, "l"), expression=column(c, "c")) for c in (FILE, PLACE)])
    landed = exp.Select(expressions=[exp.Column(this=exp.Star(), table=name("l"))])
    landed.from_(subquery(slice_.rows(), "l"), copy=False)
    landed.join(subquery(own(chosen), "c"), on=same, copy=False)
    judged = judge(contract, cursor, evaluate(slice_, contract.columns, landed))
    found = judged.evaluation
    place = [named(column(FILE), FILE), named(column(PLACE), "_row")]
    select = exp.Select(expressions=[*found.typed, named(found.extra, "_extra"), *place])
    return select.from_(subquery(judged.rows, "r"), copy=False).where(negated(column("bad")), copy=False)


def _compared(contract: Contract, from_: exp.Expression, *, batch: bool) -> exp.Select:
    """What is compared, as e0, e1…, and for rows of the batch their file and row."""
    content = [comparable(column(c.name), str(c.type)) for c in contract.columns]
    entries = comparable(column("_extra"), TEXT_MAP_TYPE)
    place = [column(FILE), column("_row")] if batch else [null("string"), null("long")]
    values = [named(v, f"e{i}") for i, v in enumerate([*content, entries])]
    told = exp.Select(expressions=[*values, *(named(p, n) for p, n in zip(place, (FILE, "_row"), strict=True))])
    return told.from_(from_, copy=False)


def _overlap(contract: Contract, cursor: str | None, low: Watermark | None, unplaced: bool) -> exp.Expression:
    """The rows of the window that may be equal to a candidate: those that have its watermark and its key."""
    names = [*contract.keys, *([cursor] if cursor and cursor not in contract.keys else [])]
    rows = exp.Select(expressions=[exp.Column(this=exp.Star(), table=name("w"))])
    rows.from_(table(WINDOW, "w"), copy=False)
    if names:
        chosen = (
            exp.Select(expressions=[column(n) for n in names]).from_(table(CANDIDATES), copy=False).distinct(copy=False)
        )
        # Keys are required; no value of the watermark column equals no value.
        equal = {n: exp.NullSafeEQ if unplaced and n == cursor else exp.EQ for n in names}
        same = all_of([equal[n](this=column(n, "w"), expression=column(n, "c")) for n in names])
        rows.join(subquery(chosen, "c"), on=same, copy=False)
    if cursor is not None and low is not None:
        limit = literal(low.value, contract.column(cursor).type)
        within = [exp.GTE(this=column(cursor, "w"), expression=limit)]
        rows.where(any_of([*within, *([is_null(column(cursor, "w"))] if unplaced else [])]), copy=False)
    return subquery(rows, "w")


def _numbers(contract: Contract) -> list[exp.Expression]:
    """Among equal rows: the `ordinal` of a row within the batch, and how many the window has, `seen`."""
    content = [column(f"e{i}") for i in range(len(contract.columns) + 1)]
    in_batch = is_known(column(FILE))
    order = exp.Order(expressions=[exp.Ordered(this=column(c), nulls_first=False) for c in (FILE, "_row")])
    ordinal = exp.Window(this=exp.RowNumber(), partition_by=[*_copies(content), in_batch], order=order)
    window_rows = exp.Count(this=exp.Case(ifs=[exp.If(this=negated(in_batch), true=exp.Literal.number(1))]))
    seen = exp.Window(this=window_rows, partition_by=_copies(content))
    return [named(ordinal, "ordinal"), named(seen, "seen")]


def _copies(columns: Sequence[exp.Column]) -> list[exp.Expression]:
    return [own(c) for c in columns]


def _compare(by: type[exp.GT], value: exp.Expression, number: int) -> exp.Expression:
    return by(this=own(value), expression=exp.Literal.number(number))
