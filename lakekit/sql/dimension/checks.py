"""What must hold of events and versions before anybody sees a dimension."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.dimension import GENERATION, OPERATION, REASON, UPSERT, Dimension
from lakekit.domain.schema import TableColumn
from lakekit.sql.canonical import as_text
from lakekit.sql.comparable import comparable
from lakekit.sql.dimension.events import EVENTS, is_of_all
from lakekit.sql.dimension.frames import after, ordering
from lakekit.sql.dimension.states import OP, RANK, Frame, counting, select
from lakekit.sql.merging import MADE
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    column,
    count,
    how_many,
    is_known,
    literal_number,
    named,
    one_of,
    subquery,
    table,
    text,
)


def kinds_query() -> exp.Query:
    """One row over `events`: whether they are of several generations, and whether some are of all keys."""
    generation = column(GENERATION)
    several = exp.NEQ(this=exp.Min(this=generation), expression=exp.Max(this=generation.copy()))
    marker = case((is_of_all(column(OPERATION)), literal_number(1)), otherwise=literal_number(0))
    some = exp.GT(this=exp.Sum(this=marker), expression=literal_number(0))
    return exp.Select(expressions=[named(several, "several"), named(some, "markers")]).from_(table(EVENTS), copy=False)


def quarantined_query() -> exp.Query:
    """(reason, rows) of the events `made` that count for nothing."""
    told = exp.Select(expressions=[column(REASON), named(count(), "rows")]).from_(table(MADE), copy=False)
    told.where(is_known(column(REASON)), copy=False).group_by(column(REASON), copy=False)
    return told.order_by(column(REASON), copy=False)


def quarantined_rows_query(columns: Sequence[TableColumn], reason: str | None, limit: int) -> exp.Query:
    """(reason, the columns as canonical texts) of the events `made` that count for nothing, or only of those that do so
    for one reason; at most `limit` of them, in order of their texts."""
    told = [named(as_text(column(c.name), c.type), f"c{i}") for i, c in enumerate(columns)]
    rows = exp.Select(expressions=[named(column(REASON), "reason"), *told]).from_(table(MADE), copy=False)
    rows.where(one_of(column(REASON), [text(reason)]) if reason else is_known(column(REASON)), copy=False)
    names = ["reason", *(f"c{i}" for i in range(len(columns)))]
    query = exp.Select(expressions=list(map(column, names))).from_(subquery(rows, "r"), copy=False)
    query.set("order", ordering(names))
    return query.limit(limit, copy=False)


def ties_query(dimension: Dimension, events: Sequence[TableColumn], *, generations: bool = True) -> exp.Query:
    """The keys, as texts, and the places of events that say different things and are in no order; a row for each such
    key and place."""
    frame = Frame(dimension, tuple(events))
    types = frame.types
    own = exp.EQ(this=column(RANK), expression=literal_number(1))
    said = select([*frame.names, OP, RANK], counting(frame, generations=generations)).where(own, copy=False)
    place = [n for n in (*frame.keys, *frame.order) if n != RANK]
    again = exp.Select(expressions=[*map(column, place)]).from_(subquery(said, "r"), copy=False)
    again.group_by(*map(column, place), copy=False).having(_several(), copy=False)
    is_upsert = exp.EQ(this=column(OP, "s"), expression=text(UPSERT))
    content = [case((is_upsert, comparable(column(n, "s"), types[n]))) for n in frame.names if n not in place]
    kinds = exp.Select(
        expressions=[
            *(column(n, "s") for n in place),
            *(named(v, f"v{i}") for i, v in enumerate(content)),
            column(OP, "s"),
        ]
    )
    same = all_of([exp.NullSafeEQ(this=column(n, "s"), expression=column(n, "a")) for n in place])
    kinds.from_(subquery(said.copy(), "s"), copy=False).join(subquery(again, "a"), on=same, copy=False).distinct(
        copy=False
    )
    tied = exp.Select(expressions=[named(as_text(column(n), types[n]), n) for n in frame.keys])
    tied.from_(subquery(kinds, "k"), copy=False).group_by(*map(column, place), copy=False)
    return tied.having(_several(), copy=False)


def _several() -> exp.Expression:
    return exp.GT(this=count(), expression=literal_number(1))


def broken_query(dimension: Dimension) -> exp.Query:
    """One row over the versions `made`: how many are empty or end before they begin, how many overlap the next, how
    many keys have several that are current, how many version keys are there twice."""
    names, keys = dimension.names, dimension.keys
    until = case((exp.Not(this=column(names.is_current)), column(names.valid_to)))
    next_ = after(names.valid_from, keys, [names.valid_from])
    rows = exp.Select(
        expressions=[
            named(column(names.valid_from), "since"),
            named(until, "until"),
            named(column(names.is_current), "open"),
            named(next_, "following"),
            named(after(names.version_key, [names.version_key], [names.valid_from]), "twin"),
        ]
    ).from_(table(MADE), copy=False)
    empty = exp.LTE(this=column("until"), expression=column("since"))
    overlap = exp.GT(this=column("until"), expression=column("following"))
    # One that is open and has another after it overlaps that one; two that are open are always so.
    open_ = all_of([column("open"), is_known(column("following"))])
    twin = is_known(column("twin"))
    broken: tuple[exp.Expression, ...] = (empty, overlap, open_, twin)
    told = [named(how_many(any_of([c])), f"n{i}") for i, c in enumerate(broken)]
    return exp.Select(expressions=told).from_(subquery(rows, "r"), copy=False)
