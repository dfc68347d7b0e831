"""The rows of a dimension, of the events of its keys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.dimension import DELETE, MEMBERS, READ_AT, UPSERT, Dimension
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.sql.canonical import as_text
from lakekit.sql.comparable import comparable
from lakekit.sql.dimension.frames import after, before, over
from lakekit.sql.dimension.states import OP, Frame, latest, select, settled
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    cast,
    coalesce,
    column,
    concat,
    is_null,
    literal,
    literal_number,
    named,
    negated,
    null,
    subquery,
    text,
    union_all,
)

SINCE, UNTIL, STARTS, WAS, _SAID, _MORE = "since", "until", "starts", "was", "said", "more"


def dimension_columns(dimension: Dimension, events: Sequence[TableColumn]) -> tuple[TableColumn, ...]:
    """The columns of the dimension, of those of its table of events."""
    frame = Frame(dimension, tuple(events))
    stored = set(dimension.stored(tuple(c.name for c in frame.told)))
    told = tuple(c for c in frame.told if c.name in stored and c.name != READ_AT)
    if not dimension.history:
        return told
    start, names = frame.start_type, dimension.names
    return (
        *told,
        TableColumn(names.valid_from, start),
        TableColumn(names.valid_to, start),
        TableColumn(names.is_current, "boolean"),
        TableColumn(names.version_key, "string"),
    )


def dimension_query(
    dimension: Dimension, events: Sequence[TableColumn], *, generations: bool = True, markers: bool = True
) -> exp.Query:
    """The rows of the dimension: all versions of the keys that the table `events` tells of, or what is true now."""
    frame = Frame(dimension, tuple(events))
    markers = markers and dimension.marks
    places = frame.places
    made = dimension_columns(dimension, events)
    told = [named(column(places[c.name]), c.name) for c in made if c.name in places]
    if not dimension.history:
        rows = latest(frame, generations=generations, markers=markers)
        return exp.Select(expressions=told).from_(subquery(rows, "v"), copy=False)
    versions = _versions(frame, settled(frame, generations=generations, markers=markers))
    return exp.Select(expressions=[*told, *_own(frame)]).from_(subquery(versions, "v"), copy=False)


def members_query(dimension: Dimension, columns: Sequence[TableColumn]) -> exp.Query:
    """A row for each of MEMBERS, in the columns of the dimension. They hold always, and begin at no moment: as of one,
    nothing is joined to them."""
    names = dimension.names
    said = {names.is_current: exp.true()}
    rows = []
    for key in MEMBERS:
        told = {**said, names.version_key: text(key)}
        rows.append(exp.Select(expressions=[named(told.get(c.name, null(c.type)).copy(), c.name) for c in columns]))
    return union_all(rows)


def current_query(dimension: Dimension, events: Sequence[TableColumn]) -> exp.Query:
    """What is true now, in the columns of the table of events beyond lakekit's own."""
    frame = Frame(dimension, tuple(events))
    rows = latest(frame, generations=True, markers=dimension.marks)
    told = [named(column(n), name) for name, n in frame.places.items()]
    return exp.Select(expressions=told).from_(subquery(rows, "v"), copy=False)


def _versions(frame: Frame, rows: exp.Query) -> exp.Query:
    """The last row of each version, with where it begins and ends."""
    return select([*frame.names, OP, SINCE, UNTIL], bounded(frame, rows)).where(last_of_version(), copy=False)


def last_of_version() -> exp.Expression:
    """Whether a row of `bounded` is the last of a version."""
    return all_of([_is(OP, UPSERT), any_of([is_null(column(_SAID)), _is(_SAID, DELETE), column(_MORE)])])


def first_of_version() -> exp.Expression:
    """Whether a row of `bounded` is the first of a version."""
    return column(STARTS)


def end_of_version() -> exp.Expression:
    """Whether a row of `bounded` is the delete that ends a version."""
    return all_of([_is(OP, DELETE), _is(WAS, UPSERT)])


def _is(name: str, operation: str) -> exp.Expression:
    return exp.EQ(this=column(name), expression=text(operation))


def bounded(frame: Frame, rows: exp.Query) -> exp.Query:
    """The states with what was before, where the version that they are of begins, and what follows."""
    keys, start, names = frame.keys, [frame.start], [*frame.names, OP]
    types, tracked = frame.types, frame.tracked
    was = [named(before(n, keys, start), f"w{i}") for i, n in enumerate(tracked)]
    seen = select(names, rows, named(before(OP, keys, start), WAS), *was)
    differs = [
        negated(exp.NullSafeEQ(this=comparable(column(n), types[n]), expression=comparable(column(f"w{i}"), types[n])))
        for i, n in enumerate(tracked)
    ]
    opens = any_of([is_null(column(WAS)), _is(WAS, DELETE), *differs])
    begun = select([*names, WAS], seen, named(coalesce(all_of([_is(OP, UPSERT), opens]), exp.false()), STARTS))
    first = case((column(STARTS), column(frame.start)))
    since = over(exp.Max(this=first), keys, start, frame=("UNBOUNDED", "CURRENT ROW"))
    return select(
        [*names, WAS, STARTS],
        begun,
        named(since, SINCE),
        named(after(frame.start, keys, start), UNTIL),
        named(after(STARTS, keys, start), _MORE),
        named(after(OP, keys, start), _SAID),
    )


def _own(frame: Frame) -> list[exp.Expression]:
    names, type_ = frame.dimension.names, frame.start_type
    end: exp.Expression = column(UNTIL)
    if frame.dimension.open_end is not None:
        end = coalesce(end, literal(frame.dimension.open_end, parse_type(type_)))
    return [
        named(column(SINCE), names.valid_from),
        named(end, names.valid_to),
        named(is_null(column(UNTIL)), names.is_current),
        named(version_key(frame, type_), names.version_key),
    ]


def version_key(frame: Frame, start: str) -> exp.Expression:
    """128 bits of SHA-256, as 32 hex digits, of the key and the start of a version: each part's length and text, so
    that no two of them make one."""
    types = frame.types
    parts = [_part(column(n), types[n]) for n in frame.keys]
    told = concat(*parts, _part(column(SINCE), start))
    return exp.Left(this=exp.SHA2(this=told, length=literal_number(256)), expression=literal_number(32))


def _part(value: exp.Expression, ddl: str) -> exp.Expression:
    told = as_text(value, ddl)
    return concat(cast(exp.Length(this=told.copy()), "string"), text(":"), told)
