"""Events as the table of a dimension's events keeps them: what a row says, and why it counts for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    NO_KEY,
    NO_SEQUENCE,
    OPERATION,
    READ_AT,
    REASON,
    SNAPSHOT,
    TOO_LATE,
    TRUNCATE,
    UPSERT,
    Dimension,
)
from lakekit.domain.schema import TableColumn
from lakekit.sql.comparable import alike
from lakekit.sql.merging import MADE, matching_query
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    cast,
    column,
    is_known,
    is_null,
    literal_number,
    named,
    negated,
    null,
    one_of,
    subquery,
    table,
    text,
    union_all,
)

EVENTS, CURRENT = "events", "current"
"""The tables of events, and of what is true now."""

MARKERS = (TRUNCATE, SNAPSHOT)
"""What is said of all keys."""

OWN_COLUMNS = (TableColumn(OPERATION, "string"), TableColumn(GENERATION, "int"), TableColumn(REASON, "string"))


def is_of_all(operation: exp.Expression) -> exp.Expression:
    """Whether an event tells of all keys."""
    return one_of(operation, [text(m) for m in MARKERS])


def event_columns(
    dimension: Dimension, made: Sequence[TableColumn], there: Sequence[TableColumn] = ()
) -> tuple[TableColumn, ...]:
    """The columns of the table of events, of the columns that its query makes, and of those that are `there`: it keeps
    one that is left out by now."""
    kept = set(dimension.kept(tuple(c.name for c in made)))
    left_out = (c for c in there if not dimension.kept((c.name,)))
    read_at = () if dimension.sequence_by else (TableColumn(READ_AT, "timestamp"),)
    return (*(c for c in made if c.name in kept), *left_out, *read_at, *OWN_COLUMNS)


def events_query(
    dimension: Dimension,
    columns: Sequence[TableColumn],
    *,
    generation: int,
    read_at: str,
    told: bool,
    too_late: exp.Expression | None = None,
) -> exp.Query:
    """The rows of `made` as events, `columns` being those of their table: one that is left out by now has no value.
    `read_at` is a moment as an ISO text; `told` says that the rows have what they say, else all are upserts; `too_late`
    is a condition on those that come for what is fixed."""
    operation = column(OPERATION) if told else text(UPSERT)
    own = {
        **{c.name: null(c.type) for c in columns if not dimension.kept((c.name,))},
        **_own(operation, generation, read_at, _reason(dimension, operation, too_late)),
    }
    rows = _rows([(c.name, own.get(c.name, column(c.name))) for c in columns], MADE)
    if not dimension.closes or not dimension.sequence_by:
        return rows
    reason = case((too_late, text(TOO_LATE))) if too_late is not None else null("string")
    return union_all([rows, _markers(dimension, columns, {**own, OPERATION: text(SNAPSHOT), REASON: reason})])


def _own(
    operation: exp.Expression, generation: int, read_at: str, reason: exp.Expression
) -> Mapping[str, exp.Expression]:
    return {
        READ_AT: cast(text(read_at), "timestamp"),
        OPERATION: operation,
        GENERATION: cast(literal_number(generation), "int"),
        REASON: reason,
    }


def _markers(dimension: Dimension, columns: Sequence[TableColumn], own: Mapping[str, exp.Expression]) -> exp.Select:
    """One for each sequence and scope: that this is all there is."""
    # Of these columns alone, as engines find no distinct maps.
    there = tuple(dict.fromkeys((*dimension.sequence_by, *dimension.scope)))
    told = exp.Select(expressions=[*map(column, there)]).from_(table(MADE), copy=False).distinct(copy=False)
    told.where(all_of([is_known(column(c)) for c in dimension.sequence_by]), copy=False)
    said = [own.get(c.name, column(c.name) if c.name in there else null(c.type)) for c in columns]
    markers = exp.Select(expressions=[named(value, c.name) for value, c in zip(said, columns, strict=True)])
    return markers.from_(subquery(told, "t"), copy=False)


def in_time_query(events: exp.Query) -> exp.Query:
    """Those of some events that do not come too late."""
    in_time = any_of([is_null(column(REASON)), exp.NEQ(this=column(REASON), expression=text(TOO_LATE))])
    told = exp.Select(expressions=[exp.Star()]).from_(subquery(events, "e"), copy=False)
    return told.where(in_time, copy=False)


def _reason(dimension: Dimension, operation: exp.Expression, too_late: exp.Expression | None) -> exp.Expression:
    no_sequence = any_of([is_null(column(c)) for c in dimension.sequence_by])
    no_key = any_of([is_null(column(c)) for c in dimension.keys])
    return case(
        (all_of([exp.Not(this=is_of_all(operation)), no_key]), text(NO_KEY)),
        (no_sequence, text(NO_SEQUENCE)),
        *([(too_late, text(TOO_LATE))] if too_late is not None else []),
        otherwise=null("string"),
    )


def new_query(columns: Sequence[TableColumn], *, of_one_code: bool = False) -> exp.Query:
    """The rows of `made` that `events` has not, whatever code made these; `of_one_code`, that it has not of the same:
    what newer code has replaced is not there any more."""
    names = [c for c in columns if of_one_code or c.name != GENERATION]
    return _compared([c.name for c in columns], MADE, EVENTS, names, "anti")


def unkept_query(columns: Sequence[TableColumn]) -> exp.Query:
    """The rows of `made`, of a snapshot, but for those that count for nothing and of which `events` has such already,
    whenever they were read."""
    names = [c.name for c in columns]
    fresh = _compared(names, MADE, EVENTS, [c for c in columns if c.name not in (READ_AT, GENERATION)], "anti")
    counting = exp.Select(expressions=[*map(column, names)]).from_(table(MADE), copy=False)
    counting.where(is_null(column(REASON)), copy=False)
    return union_all([counting, fresh.where(is_known(column(REASON, "s")), copy=False)])


def of_keys_query(dimension: Dimension, columns: Sequence[TableColumn]) -> exp.Query:
    """The rows of `events` whose keys the table `keys` has, and those that tell of all keys."""
    names = [c.name for c in columns]
    rows = matching_query(EVENTS, names, dimension.keys)
    if not dimension.marks:
        return rows
    markers = exp.Select(expressions=[*map(column, names)]).from_(table(EVENTS), copy=False)
    markers.where(is_of_all(column(OPERATION)), copy=False)
    rows.where(negated(is_of_all(column(OPERATION, "s"))), copy=False)
    return union_all([rows, markers])


def differing_query(
    dimension: Dimension, columns: Sequence[TableColumn], *, generation: int, read_at: str
) -> exp.Query:
    """What a snapshot, the events `made`, tells beyond what is true, the rows `current`: all that it tells of keys of
    which it tells something that is not there, and a delete for each key of its scope that it lacks, where such keys
    are closed. A delete of what is not there tells nothing."""
    beside = {READ_AT, *(c.name for c in OWN_COLUMNS)}
    told = [c for c in columns if c.name not in beside]
    keys = [c for c in told if c.name in dimension.keys]
    names = [k.name for k in keys]
    deletes = exp.EQ(this=column(OPERATION, "s"), expression=text(DELETE))
    changed = [
        _compared(names, MADE, CURRENT, told, "anti").where(negated(deletes), copy=False),
        _compared(names, MADE, CURRENT, keys, "semi").where(deletes, copy=False),
    ]
    # All of a key, as what it says in no order is seen only together.
    fresh = _compared([c.name for c in columns], MADE, subquery(union_all(changed), "o"), keys, "semi")
    if not dimension.closes:
        return fresh
    own = _own(text(DELETE), generation, read_at, null("string"))
    gone = _compared([c.name for c in told], CURRENT, MADE, keys, "anti")
    if dimension.scope:
        same = all_of([exp.NullSafeEQ(this=column(c, "s"), expression=column(c, "m")) for c in dimension.scope])
        gone.join(table(MADE, "m"), on=same, join_type="semi", copy=False)
    ended = exp.Select(expressions=[named(own.get(c.name, column(c.name)), c.name) for c in columns])
    return union_all([fresh, ended.from_(subquery(gone, "g"), copy=False)])


def _rows(told: Sequence[tuple[str, exp.Expression]], source: str) -> exp.Select:
    return exp.Select(expressions=[named(value, name) for name, value in told]).from_(table(source), copy=False)


def _compared(
    names: Sequence[str], source: str, other: str | exp.Subquery, by: Sequence[TableColumn], kind: str
) -> exp.Select:
    """The rows of a table that are in another, `semi`, or are not, `anti`, as far as the columns `by` tell."""
    rows = exp.Select(expressions=[column(n, "s") for n in names]).from_(table(source, "s"), copy=False)
    others = table(other, "o") if isinstance(other, str) else other
    return rows.join(others, on=alike(by, "s", "o"), join_type=kind, copy=False)
