"""What is asked of the judged rows of a table that others kept, and the events that they tell."""

from __future__ import annotations

from sqlglot import exp

from lakekit.domain.adoption import Fault
from lakekit.domain.dimension import DELETE, GENERATION, OPERATION, REASON, UPSERT, Dimension
from lakekit.sql.canonical import as_text
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.judging import AGAIN, JUDGED, MEETS, NEXT, WHY, flag_of, precedes
from lakekit.sql.dimension.states import select
from lakekit.sql.dimension.taking import GONE, SINCE, UNTIL, Taking
from lakekit.sql.merging import MADE
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    cast,
    column,
    count,
    how_many,
    is_known,
    is_null,
    literal_number,
    named,
    negated,
    null,
    subquery,
    table,
    text,
    union_all,
)


def counts_query() -> exp.Query:
    """One row: how many rows there are, how many of these say that there is none of a key, how many versions end with
    an event, how many end where the next begins, and how many rows each fault concerns."""
    gone = all_of([is_null(column(WHY)), column(GONE)])
    told = [
        count(),
        *map(how_many, (gone, _ends(), column(MEETS))),
        *(how_many(column(flag_of(fault))) for fault in Fault),
    ]
    values = [named(value, f"n{i}") for i, value in enumerate(told)]
    return exp.Select(expressions=values).from_(table(JUDGED), copy=False)


def keys_count_query(taking: Taking) -> exp.Query:
    """How many keys there are that are whole."""
    keys = exp.Select(expressions=[*map(column, taking.frame.keys)]).from_(table(JUDGED), copy=False)
    keys.where(all_of([is_known(column(k)) for k in taking.frame.keys]), copy=False).distinct(copy=False)
    return exp.Select(expressions=[count()]).from_(subquery(keys, "k"), copy=False)


def faulty_keys_query(taking: Taking, fault: Fault, limit: int) -> exp.Query:
    """Some keys that a fault concerns, as texts."""
    frame = taking.frame
    types = frame.types
    keys = exp.Select(expressions=[named(as_text(column(k), types[k]), k) for k in frame.keys])
    keys.from_(table(JUDGED), copy=False).where(column(flag_of(fault)), copy=False).distinct(copy=False)
    told = select(frame.keys, keys).order_by(*map(column, frame.keys), copy=False)
    return told.limit(limit, copy=False)


def told_events_query(taking: Taking) -> exp.Query:
    """The events that the rows of `judged` tell, in the columns of events: an upsert where a version begins, a delete
    where one ends and none begins, and rows that count for nothing with the reason."""
    frame, dimension = taking.frame, taking.dimension
    names = frame.places
    needed = {*dimension.keys, *dimension.order, *dimension.scope}
    first = dimension.sequence[0]
    is_delete = all_of([column(GONE), is_null(column(WHY))])
    rows, ends = [], []
    for c in taking.columns:
        if c.name not in names:
            own = {OPERATION: case((column(GONE), text(DELETE)), otherwise=text(UPSERT)), REASON: column(WHY)}
            fixed = {OPERATION: text(DELETE), REASON: null("string")}
            generation = cast(literal_number(0), "int")
            rows.append(named(generation if c.name == GENERATION else own[c.name], c.name))
            ends.append(named(generation.copy() if c.name == GENERATION else fixed[c.name], c.name))
            continue
        value: exp.Expression = column(SINCE) if c.name == first else column(names[c.name])
        rows.append(named(value if c.name in needed else case((negated(is_delete), value)), c.name))
        end = column(UNTIL) if c.name == first else value if c.name in needed else null(c.type)
        ends.append(named(end, c.name))
    counted = exp.Select(expressions=rows).from_(table(JUDGED), copy=False)
    counted.where(any_of([is_null(column(WHY)), exp.NEQ(this=column(WHY), expression=text(AGAIN))]), copy=False)
    ending = exp.Select(expressions=ends).from_(table(JUDGED), copy=False).where(_ends(), copy=False)
    return union_all([counted, ending])


def _ends() -> exp.Expression:
    """Whether a version ends where no other row of its key begins, and before the next does."""
    return all_of(
        [
            is_null(column(WHY)),
            negated(column(GONE)),
            is_known(column(UNTIL)),
            any_of([is_null(column(NEXT)), precedes(column(UNTIL), column(NEXT))]),
        ]
    )


def clashing_events_query(dimension: Dimension) -> exp.Query:
    """How many events of `made` are of a key and a moment of which another was adopted before, in `events`: they say
    something else, where `made` has none that is there."""
    place = [*dimension.keys, dimension.sequence[0]]
    same = [exp.NullSafeEQ(this=column(c, "m"), expression=column(c, "e")) for c in place]
    adopted = [
        exp.EQ(this=column(GENERATION, "e"), expression=literal_number(0)),
        is_null(column(REASON, "e")),
        is_null(column(REASON, "m")),
    ]
    rows = exp.Select(expressions=[count()]).from_(table(MADE, "m"), copy=False)
    return rows.join(table(EVENTS, "e"), on=all_of([*same, *adopted]), copy=False)
