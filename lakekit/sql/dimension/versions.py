"""The rows of a dimension, of the events of its keys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.dimension import DELETE, READ_AT, UPSERT, Dimension
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
    text,
)

_FROM, _TO, _STARTS, _SAID, _WAS = "since", "until", "starts", "said", "was"


def dimension_columns(dimension: Dimension, events: Sequence[TableColumn]) -> tuple[TableColumn, ...]:
    """The columns of the dimension, of those of its table of events."""
    frame = Frame(dimension, tuple(events))
    stored = set(dimension.stored(tuple(c.name for c in frame.told)))
    told = tuple(c for c in frame.told if c.name in stored and c.name != READ_AT)
    if not dimension.history:
        return told
    start = frame.told[frame.names.index(frame.start)].type
    names = dimension.names
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
    places = {c.name: n for c, n in zip(frame.told, frame.names, strict=True)}
    made = dimension_columns(dimension, events)
    told = [named(column(places[c.name]), c.name) for c in made if c.name in places]
    if not dimension.history:
        rows = latest(frame, generations=generations, markers=markers)
        return exp.Select(expressions=told).from_(_as(rows), copy=False)
    versions = _versions(frame, settled(frame, generations=generations, markers=markers))
    return exp.Select(expressions=[*told, *_own(frame)]).from_(_as(versions), copy=False)


def current_query(
    dimension: Dimension, events: Sequence[TableColumn], *, generations: bool = True, markers: bool = True
) -> exp.Query:
    """What is true now, in the columns of the table of events beyond lakekit's own."""
    frame = Frame(dimension, tuple(events))
    rows = latest(frame, generations=generations, markers=markers and dimension.marks)
    told = [named(column(n), c.name) for c, n in zip(frame.told, frame.names, strict=True)]
    return exp.Select(expressions=told).from_(_as(rows), copy=False)


def _versions(frame: Frame, rows: exp.Query) -> exp.Query:
    """The last row of each version, with where it begins and ends."""
    keys, start, names = frame.keys, [frame.start], [*frame.names, OP]
    types = {n: c.type for c, n in zip(frame.told, frame.names, strict=True)}
    tracked = frame.of(frame.dimension.tracked(tuple(c.name for c in frame.told)))
    was = [named(before(n, keys, start), f"w{i}") for i, n in enumerate(tracked)]
    seen = select(names, rows, named(before(OP, keys, start), _WAS), *was)
    differs = [
        negated(exp.NullSafeEQ(this=comparable(column(n), types[n]), expression=comparable(column(f"w{i}"), types[n])))
        for i, n in enumerate(tracked)
    ]
    is_upsert = exp.EQ(this=column(OP), expression=text(UPSERT))
    opens = any_of([is_null(column(_WAS)), exp.EQ(this=column(_WAS), expression=text(DELETE)), *differs])
    begins = case((all_of([is_upsert, opens]), literal_number(1)), otherwise=literal_number(0))
    begun = select(names, seen, named(begins, _STARTS))
    starts = exp.EQ(this=column(_STARTS), expression=literal_number(1))
    since = over(exp.Max(this=case((starts, column(frame.start)))), keys, start, frame=("UNBOUNDED", "CURRENT ROW"))
    bounded = select(
        names,
        begun,
        named(since, _FROM),
        named(after(frame.start, keys, start), _TO),
        named(after(_STARTS, keys, start), "more"),
        named(after(OP, keys, start), _SAID),
    )
    ends = any_of(
        [
            is_null(column(_SAID)),
            exp.EQ(this=column(_SAID), expression=text(DELETE)),
            exp.EQ(this=column("more"), expression=literal_number(1)),
        ]
    )
    return select([*names, _FROM, _TO], bounded).where(all_of([is_upsert, ends]), copy=False)


def _own(frame: Frame) -> list[exp.Expression]:
    names = frame.dimension.names
    type_ = frame.told[frame.names.index(frame.start)].type
    end: exp.Expression = column(_TO)
    if frame.dimension.open_end is not None:
        end = coalesce(end, literal(frame.dimension.open_end, parse_type(type_)))
    return [
        named(column(_FROM), names.valid_from),
        named(end, names.valid_to),
        named(is_null(column(_TO)), names.is_current),
        named(version_key(frame, type_), names.version_key),
    ]


def version_key(frame: Frame, start: str) -> exp.Expression:
    """128 bits of SHA-256, as 32 hex digits, of the key and the start of a version: each part's length and text, so
    that no two of them make one."""
    types = {n: c.type for c, n in zip(frame.told, frame.names, strict=True)}
    parts = [_part(column(n), types[n]) for n in frame.keys]
    told = concat(*parts, _part(column(_FROM), start))
    return exp.Left(this=exp.SHA2(this=told, length=literal_number(256)), expression=literal_number(32))


def _part(value: exp.Expression, ddl: str) -> exp.Expression:
    told = as_text(value, ddl)
    return concat(cast(exp.Length(this=told.copy()), "string"), text(":"), told)


def _as(rows: exp.Query) -> exp.Subquery:
    return exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.to_identifier("v", quoted=True)))
