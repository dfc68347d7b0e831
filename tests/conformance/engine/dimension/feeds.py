"""Feeds of events for hypothesis, and how they are given to an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from attrs import evolve, frozen
from hypothesis import strategies as st
from sqlglot import exp

from lakekit.domain.ddl import members, taken_apart
from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    OPERATION,
    REASON,
    SNAPSHOT,
    TRUNCATE,
    UPSERT,
    Absent,
    Dimension,
    Names,
    Snapshots,
)
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.canonical import as_text
from lakekit.sql.dimension.events import event_columns
from lakekit.sql.tree import column, named, sql_type, subquery
from tests.conformance.engine.dimension.oracle import OWN, Row
from tests.conformance.engine.dimension.oracle import frozen as hashed

Land = Callable[[str], str]

NAMES = [
    *("op", "rank", "life", "gen", "next", "since", "until", "starts", "said", "was", "more", "newest"),
    *("of0", "of1"),
    *("c0", "c1", "c3", "w0", "m0", "n0", "v0", "r", "e", "l", "s", "o", "g", "v", "a", "k", "t", "m"),
    *("events", "SELECT", 'x"y', "it's", "ü", "A b", "Key", "Order", "valid", "a.b", "`q`"),
]
ORDERED = {
    "timestamp": [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 0, 1, UTC),
                  datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC), datetime(1969, 12, 31, tzinfo=UTC)],
    "date": [date(2024, 1, 1), date(2024, 1, 2), date(1, 1, 1), date(2030, 12, 31)],
    "int": [-2, 0, 1, 10],
    "long": [-(2**62), 9, 10, 2**62],
    "decimal(6,2)": [Decimal("-0.50"), Decimal("0.25"), Decimal("9.00"), Decimal("10.00")],
}  # fmt: skip
FLAT = {
    **ORDERED,
    "string": ["a", "ab", "", "bc", "1:a", "é", "💶", "\x00\n'\"\\", "NULL"],
    "boolean": [True, False],
}
VALUES = {
    **FLAT,
    "double": [0.5, float("nan"), float("inf"), 1e300],
    "binary": [b"", b"\x00\xff"],
    "array<int>": [[], [1, None], [None, 1], [1]],
    "struct<x:int,y:string>": [
        {"x": 1, "y": None}, {"x": None, "y": "1"}, {"x": None, "y": None}, {"x": 1, "y": "1"},
    ],
    "map<string,int>": [{}, {"a": 1, "b": None}, {"b": None, "a": 1}, {"a": None}, {"a": None, "b": 1}],
    "array<double>": [[float("nan")], [0.5], []],
    "map<string,map<string,array<int>>>": [{"a": {"b": [1]}}, {"a": {"b": []}}, {"a": None}, {"a": {}}],
}  # fmt: skip
KEYS = ("string", "int", "long", "date", "decimal(6,2)")
ENDS = {"timestamp": "9999-12-31T00:00:00Z", "date": "9999-12-31", "int": "99", "long": "99", "decimal(6,2)": "99.00"}


@frozen
class Feed:
    """A dimension, the columns of its query, and rows of its table of events."""

    dimension: Dimension
    made: tuple[TableColumn, ...]
    events: tuple[Row, ...] = ()

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """Those of the table of events."""
        return event_columns(self.dimension, self.made)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns beyond lakekit's own."""
        return tuple(c.name for c in self.columns if c.name not in OWN)

    @property
    def types(self) -> Mapping[str, str]:
        return {c.name: c.type for c in self.columns}

    @property
    def end(self) -> object:
        """What `valid_to` holds while there is no end."""
        type_ = self.types[self.dimension.sequence[0]]
        read: dict[str, Callable[[str], object]] = {"timestamp": _moment, "date": date.fromisoformat}
        told = self.dimension.open_end
        return None if told is None else read.get(type_, Decimal if "decimal" in type_ else int)(told)


@st.composite
def feeds(draw: st.DrawFn, *, tied: bool = False, retained: bool = False) -> Feed:
    """Feeds in which everything is in order, or, `tied`, not everything; `retained`, of which old events may go."""
    feed = draw(shapes(retained=retained))
    least = draw(st.sampled_from([0, 4, 12, 20]))
    rows = draw(st.lists(events(feed), min_size=least, max_size=least + 4))
    return evolve(feed, events=tuple(rows if tied else in_order(feed.dimension, rows)))


@st.composite
def shapes(draw: st.DrawFn, *, reading: bool = False, retained: bool = False) -> Feed:
    """Feeds without events; `reading`, of snapshots of the moment in which they were read; `retained`, in the order of
    days or moments."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=8, max_size=8, unique_by=str.lower))
    keys = tuple(names[: draw(st.integers(1, 2))])
    sequence = () if reading or draw(st.integers(0, 5)) == 0 else tuple(names[2 : 2 + draw(st.sampled_from([1, 1, 2]))])
    tie_break = tuple(names[4 : 4 + draw(st.sampled_from([0, 0, 1, 2]))])
    values = tuple(names[6 : 6 + draw(st.integers(1, 2))])
    types = {
        **{k: draw(st.sampled_from(KEYS)) for k in keys},
        **{s: draw(st.sampled_from(["date", "timestamp"] if retained else sorted(ORDERED))) for s in sequence},
        **{t: draw(st.sampled_from(["int", "string", "decimal(6,2)"])) for t in tie_break},
        **{v: draw(st.sampled_from(sorted(VALUES))) for v in values},
    }
    flat = [n for n in (*values, *keys) if types[n] in FLAT]
    made = draw(dimensions(keys, sequence, tie_break, values, flat))
    if retained:
        made = evolve(made, ignore_nulls=False)  # which needs all events
    if draw(st.booleans()):
        end = ENDS[types[sequence[0]] if sequence else "timestamp"]
        made = evolve(made, open_end=end, names=Names("From", "to", "current?", "version key"))
    return Feed(made, tuple(TableColumn(n, types[n]) for n in draw(st.permutations(sorted(types)))))


@st.composite
def dimensions(
    draw: st.DrawFn, keys: Sequence[str], sequence: Sequence[str], tie_break: Sequence[str], values: Sequence[str],
    scopes: Sequence[str],
) -> Dimension:  # fmt: skip
    several = st.lists(st.sampled_from([*sequence, *tie_break, *values]), max_size=2, unique=True).map(tuple)
    dropped = draw(st.one_of(st.just(()), several))
    stored = [c for c in (*sequence, *tie_break, *values) if c not in dropped]
    some = st.lists(st.sampled_from(stored), max_size=2, unique=True).map(tuple) if stored else st.just(())
    tracking = draw(st.sampled_from(["", "", "track", "track_except"]))
    scope = st.lists(st.sampled_from(scopes), max_size=2, unique=True).map(tuple) if scopes else st.just(())
    of_all = draw(st.booleans())
    snapshots = Snapshots(draw(st.sampled_from(Absent)), draw(scope)) if of_all or not sequence else None
    return Dimension(
        tuple(keys),
        tuple(sequence),
        truncate_when="true" if draw(st.booleans()) else None,
        drop=dropped,
        ignore_nulls=draw(st.booleans()),
        tie_break=tuple(tie_break),
        snapshots=snapshots,
        **{tracking: draw(some)} if tracking else {},
    )


@st.composite
def events(draw: st.DrawFn, feed: Feed) -> Row:
    dimension = feed.dimension
    kinds = [*[UPSERT] * 6, DELETE]
    kinds += [TRUNCATE] if dimension.truncate_when else []
    kinds += [SNAPSHOT] * 2 if dimension.closes and dimension.sequence_by else []
    kind = draw(st.sampled_from(kinds))
    there = {TRUNCATE: dimension.sequence, SNAPSHOT: (*dimension.sequence, *dimension.scope)}.get(kind, feed.names)
    row: dict[str, object] = dict.fromkeys(feed.names)
    for name in there:
        row[name] = draw(values_of(feed, name))
    reason = draw(st.sampled_from([None] * 9 + ["null_key"]))
    return {**row, OPERATION: kind, GENERATION: draw(st.sampled_from([1, 1, 1, 2, 3])), REASON: reason}


def values_of(feed: Feed, name: str) -> st.SearchStrategy[object]:
    types = {**feed.types, **{c.name: c.type for c in feed.made}}
    told = st.sampled_from(VALUES[types[name]])
    if name in feed.dimension.keys:
        # Few keys have many events.
        return st.sampled_from(VALUES[types[name]][:2])
    return told if name in feed.dimension.sequence else st.one_of(told, told, st.none())


def in_order(dimension: Dimension, rows: Sequence[Row]) -> list[Row]:
    """With what the first says in a place said by all that are there."""
    first: dict[object, Row] = {}
    told = []
    for row in rows:
        place = tuple(hashed(row[c]) for c in (*dimension.keys, *dimension.order))
        of_one = row[OPERATION] in (UPSERT, DELETE) and row[REASON] is None
        told.append(first.setdefault((place, row[GENERATION]), row) if of_one else row)
    return told


def landed(land: Land, columns: Sequence[TableColumn], rows: Sequence[Row]) -> Input:
    """Rows as a table for an engine."""
    if not rows:
        return Input((), columns=tuple(columns))
    values = ", ".join(f"({', '.join(_literal(row[c.name], c.type) for c in columns)})" for row in rows)
    names = ", ".join(exp.to_identifier(c.name, quoted=True).sql("duckdb") for c in columns)
    return Input((land(f"select * from (values {values}) as t({names})"),), columns=tuple(columns))


def rows_of(
    engine: Engine, query: exp.Query, columns: Sequence[TableColumn], inputs: Mapping[str, Input]
) -> list[tuple[object, ...]]:
    """The rows of a query with these columns, in a form that can be compared."""
    assert query.named_selects == [c.name for c in columns]
    told = [as_text(column(c.name), c.type) if c.type == "timestamp" else column(c.name) for c in columns]
    numbered = [named(value, f"c{i}") for i, value in enumerate(told)]
    found = engine.rows(exp.Select(expressions=numbered).from_(subquery(query, "q"), copy=False), inputs)
    return comparable([[*map(_read, row, [c.type for c in columns])] for row in found])


def comparable(rows: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    """Rows in an order of their own, values of one type alone equal."""
    return sorted((tuple(map(hashed, row)) for row in rows), key=lambda row: repr(list(map(_sorted, row))))


def _sorted(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted((_sorted(v) for v in value), key=repr)
    return [_sorted(v) for v in value] if isinstance(value, tuple) else value


def _read(value: object, type_: str) -> object:
    return _moment(str(value)) if type_ == "timestamp" and value is not None else value


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _literal(value: object, type_: str) -> str:
    duck = sql_type(type_).sql("duckdb")
    return f"({_told(value, type_)})::{duck}"


def _told(value: object, type_: str) -> str:  # one for each shape
    head, parts = taken_apart(type_)
    if isinstance(value, list):
        return f"[{', '.join(_literal(v, parts[0]) for v in value)}]"
    if isinstance(value, dict) and head == "struct":
        return "{" + ", ".join(f"'{f}': {_literal(value[f], t)}" for f, t in members(type_)) + "}"
    if isinstance(value, dict):
        sides = [[_literal(v, t) for v in side] for side, t in zip((value, value.values()), parts, strict=True)]
        return f"map([{', '.join(sides[0])}], [{', '.join(sides[1])}])"
    return "null" if value is None else _text(value)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return f"unhex('{value.hex()}')"
    told = value.isoformat() if isinstance(value, (date, datetime)) else str(value)
    return " || chr(0) || ".join(exp.Literal.string(part).sql("duckdb") for part in told.split("\x00"))
