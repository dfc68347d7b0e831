"""What the events of each key say of every moment: the states from which versions are made.

Names that users chose are out of the way: their columns are called c0, c1, … here, as they stand in the table of
events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.dimension import DELETE, GENERATION, OPERATION, REASON, SNAPSHOT, TRUNCATE, UPSERT, Dimension
from lakekit.domain.schema import TableColumn
from lakekit.sql.dimension.events import EVENTS, OWN_COLUMNS, is_of_all
from lakekit.sql.dimension.frames import after, over
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    column,
    field_of,
    is_known,
    is_null,
    literal_number,
    named,
    named_struct,
    null,
    subquery,
    table,
    text,
    union_all,
)

OP, RANK, LIFE, GEN = "op", "rank", "life", "gen"


@frozen
class Frame:
    """The events of a dimension under names of lakekit's own. `columns` are all of the table of events."""

    dimension: Dimension
    columns: tuple[TableColumn, ...]

    @property
    def told(self) -> tuple[TableColumn, ...]:
        """The columns beyond lakekit's own."""
        beside = {c.name for c in OWN_COLUMNS}
        return tuple(c for c in self.columns if c.name not in beside)

    @property
    def names(self) -> tuple[str, ...]:
        """Those of `told`, here."""
        return tuple(f"c{i}" for i in range(len(self.told)))

    @property
    def places(self) -> Mapping[str, str]:
        """What each of `told` is called here."""
        return dict(zip((c.name for c in self.told), self.names, strict=True))

    @property
    def types(self) -> Mapping[str, str]:
        """The types, by the names here."""
        return dict(zip(self.names, (c.type for c in self.told), strict=True))

    def of(self, names: Sequence[str]) -> tuple[str, ...]:
        """What these columns are called here."""
        places = self.places
        return tuple(places[n] for n in names)

    @property
    def keys(self) -> tuple[str, ...]:
        return self.of(self.dimension.keys)

    @property
    def sequence(self) -> tuple[str, ...]:
        return self.of(self.dimension.sequence)

    @property
    def scope(self) -> tuple[str, ...]:
        return self.of(self.dimension.scope)

    @property
    def order(self) -> tuple[str, ...]:
        """What of all keys is said comes before what is said of one with the same sequence."""
        return (*self.sequence, RANK, *self.of(self.dimension.tie_break))

    @property
    def tracked(self) -> tuple[str, ...]:
        """The columns in which a change begins a version."""
        return self.of(self.dimension.tracked(tuple(c.name for c in self.told)))

    @property
    def start(self) -> str:
        """The column that says when a version begins."""
        return self.sequence[0]

    @property
    def start_type(self) -> str:
        """That of the moments at which versions begin."""
        return self.types[self.start]


def counting(frame: Frame, *, generations: bool, where: exp.Expression | None = None) -> exp.Query:
    """The events that count, markers among them; with `where` those of the table of events for which it is true. With
    `generations` there are some that code made which has changed since: they give way to newer ones of the same key and
    sequence, and those of all keys to newer ones of the same kind, scope and sequence."""
    told = [named(column(c.name), name) for c, name in zip(frame.told, frame.names, strict=True)]
    rank = case((is_of_all(column(OPERATION)), literal_number(0)), otherwise=literal_number(1))
    rows = exp.Select(
        expressions=[*told, named(column(OPERATION), OP), named(rank, RANK), named(column(GENERATION), GEN)]
    )
    rows.from_(table(EVENTS), copy=False).where(is_null(column(REASON)), copy=False)
    if where is not None:
        rows.where(where, copy=False)
    if not generations:
        return rows
    of_all = [named(value, f"of{i}") for i, value in enumerate(_told_of(frame))]
    rows.select(*of_all, copy=False)
    groups = [*frame.keys, *frame.sequence, *(value.alias for value in of_all)]
    ranked = select([*frame.names, OP, RANK, GEN], rows, named(over(exp.Max(this=column(GEN)), groups), "newest"))
    same = exp.EQ(this=column(GEN), expression=column("newest"))
    return select([*frame.names, OP, RANK, GEN], ranked).where(same, copy=False)


def _told_of(frame: Frame) -> list[exp.Expression]:
    """Of what a marker tells, which has no keys: its operation, and the scope of a snapshot. NULL of other events."""
    told = (OPERATION, *frame.dimension.scope) if frame.dimension.marks else ()
    return [case((is_of_all(column(OPERATION)), column(name))) for name in told]


def settled(frame: Frame, *, generations: bool, markers: bool, where: exp.Expression | None = None) -> exp.Query:
    """One row per key and moment at which something was said: what holds from then on. `op` is upsert or delete."""
    rows = _followed(frame, generations=generations, markers=markers, where=where)
    ends = any_of([is_null(column("next")), exp.NEQ(this=column("next"), expression=column(frame.start))])
    return select([*frame.names, OP], rows).where(ends, copy=False)


def latest(frame: Frame, *, generations: bool, markers: bool) -> exp.Query:
    """One row per key that is there at the end: what holds then."""
    rows = _followed(frame, generations=generations, markers=markers)
    is_upsert = exp.EQ(this=column(OP), expression=text(UPSERT))
    return select(frame.names, rows).where(all_of([is_null(column("next")), is_upsert]), copy=False)


def _followed(frame: Frame, *, generations: bool, markers: bool, where: exp.Expression | None = None) -> exp.Query:
    """What is said of each key, with the start of what is said next."""
    events: exp.Query = counting(frame, generations=generations, where=where)
    if markers:
        events = _spread(frame, events)
    if frame.dimension.ignore_nulls:
        events = _filled(frame, events)
    return select([*frame.names, OP], events, named(after(frame.start, frame.keys, frame.order), "next"))


def _spread(frame: Frame, events: exp.Query) -> exp.Query:
    """What is said of all keys, said of each that it ends: as a delete."""
    dimension = frame.dimension
    rest = select([*frame.names, OP, RANK], events)
    rest.where(exp.EQ(this=column(RANK), expression=literal_number(1)), copy=False)
    told = [rest]
    if dimension.truncate_when is not None:
        told.append(_ended(frame, events.copy(), TRUNCATE, ()))
    if dimension.closes and dimension.sequence_by:
        told.append(_ended(frame, events.copy(), SNAPSHOT, frame.scope))
    return union_all(told)


def _ended(frame: Frame, events: exp.Query, marker: str, scope: Sequence[str]) -> exp.Select:
    """The deletes that the markers of one kind are: at the first that follows an upsert, where no upsert of the key
    lies between. One with the sequence of a snapshot is told by it and lies between; a truncate ends all before it."""
    places = dict(zip(frame.sequence, (f"s{i}" for i in range(len(frame.sequence))), strict=True))
    here = named_struct([(place, column(s)) for s, place in places.items()])
    is_marker, is_upsert = (exp.EQ(this=column(OP), expression=text(told)) for told in (marker, UPSERT))
    # From the end, as engines find it in one pass so.
    mark = over(
        exp.Min(this=case((is_marker, here))),
        scope,
        (*frame.sequence, RANK),
        frame=("UNBOUNDED", "CURRENT ROW"),
        descending=True,
    )
    marked = select([*frame.names, OP, RANK], events, named(mark, "mark"))
    upserts = select([*frame.keys, *frame.order, "mark"], marked, named(here, "here")).where(is_upsert, copy=False)
    followed = select([*frame.keys, "mark"], upserts, named(after("here", frame.keys, frame.order), "then"))
    compare = exp.LT if marker == SNAPSHOT else exp.LTE
    before = compare(this=column("mark"), expression=column("then"))
    own = {s: field_of(column("mark"), place) for s, place in places.items()} | {k: column(k) for k in frame.keys}
    said = [named(own.get(n, null(c.type)), n) for c, n in zip(frame.told, frame.names, strict=True)]
    deletes = exp.Select(expressions=[*said, named(text(DELETE), OP), named(literal_number(0), RANK)])
    deletes.from_(subquery(followed, "e"), copy=False)
    return deletes.where(all_of([is_known(column("mark")), any_of([is_null(column("then")), before])]), copy=False)


def _filled(frame: Frame, events: exp.Query) -> exp.Query:
    """With what was before in place of NULL, but never from before a delete."""
    fixed = {*frame.keys, *frame.order}
    deleted = case((exp.EQ(this=column(OP), expression=text(DELETE)), literal_number(1)), otherwise=literal_number(0))
    so_far = ("UNBOUNDED", "CURRENT ROW")
    life = over(exp.Sum(this=deleted), frame.keys, frame.order, frame=so_far)
    lives = select([*frame.names, OP, RANK], events, named(life, LIFE))
    said = exp.EQ(this=column(OP), expression=text(UPSERT))

    def filled(name: str) -> exp.Expression:
        latest = exp.IgnoreNulls(this=exp.LastValue(this=case((said, column(name)))))
        return named(over(latest, (*frame.keys, LIFE), frame.order, frame=so_far), name)

    told = [column(n) if n in fixed else filled(n) for n in frame.names]
    return exp.Select(expressions=[*told, column(OP), column(RANK)]).from_(subquery(lives, "l"), copy=False)


def select(names: Sequence[str], rows: exp.Query, *more: exp.Expression) -> exp.Select:
    """These columns of some rows, and more."""
    return exp.Select(expressions=[*map(column, names), *more]).from_(subquery(rows, "r"), copy=False)
