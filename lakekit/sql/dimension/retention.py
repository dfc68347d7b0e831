"""What is kept of events that lie further back than a dimension keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.dimension import GENERATION, OPERATION, REASON, Dimension
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.states import OP, Frame, settled
from lakekit.sql.dimension.versions import UNTIL, bounded, end_of_version, first_of_version, last_of_version
from lakekit.sql.tree import (
    all_of,
    any_of,
    cast,
    column,
    is_known,
    is_null,
    literal,
    literal_number,
    named,
    negated,
    null,
    subquery,
    table,
    union_all,
)


def is_before(dimension: Dimension, columns: Sequence[TableColumn], horizon: str) -> exp.Expression:
    """Whether a row lies before the date `horizon`."""
    (type_,) = (c.type for c in columns if c.name == dimension.sequence[0])
    told = horizon if type_ == "date" else f"{horizon}T00:00:00Z"
    return exp.LT(this=column(dimension.sequence[0]), expression=literal(told, parse_type(type_)))


def retained_query(dimension: Dimension, columns: Sequence[TableColumn], horizon: str) -> exp.Query:
    """The table `events` with as few events before `horizon` as give the same rows of the dimension: of each version of
    type 2 the first and the last, and the delete that ends it; of type 1 the last, unless it is a delete. What of all
    keys is said is then said of each. What comes later is as it was, and so is what counts for nothing. Not for a
    dimension with `ignore_nulls`: whether a NULL is one that a delete left would be lost."""
    old, names = is_before(dimension, columns, horizon), [c.name for c in columns]
    stays = exp.Select(expressions=[*map(column, names)]).from_(table(EVENTS), copy=False)
    stays.where(any_of([is_known(column(REASON)), negated(old.copy())]), copy=False)
    frame = Frame(dimension, tuple(columns))
    states = bounded(frame, settled(frame, generations=True, markers=dimension.marks, where=old))
    needed = (
        any_of([first_of_version(), last_of_version(), end_of_version()])
        if dimension.history
        else all_of([last_of_version(), is_null(column(UNTIL))])
    )
    own: dict[str, exp.Expression] = {
        OPERATION: column(OP),
        GENERATION: cast(literal_number(0), "int"),
        REASON: null("string"),
    }
    places = frame.places
    told = [named(own[n] if n in own else column(places[n]), n) for n in names]
    fixed = exp.Select(expressions=told).from_(subquery(states, "s"), copy=False).where(needed, copy=False)
    return union_all([stays, fixed])
