"""The table of events gets what a query tells, none of it twice, and of a snapshot that was read what differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    NO_KEY,
    NO_SEQUENCE,
    OPERATION,
    READ_AT,
    REASON,
    SNAPSHOT,
    TRUNCATE,
    UPSERT,
    Absent,
    Dimension,
    Snapshots,
)
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine
from lakekit.sql.dimension.events import CURRENT, EVENTS, differing_query, events_query, new_query
from lakekit.sql.merging import MADE
from tests.conformance.engine.batches import examples
from tests.conformance.engine.dimension import oracle
from tests.conformance.engine.dimension.feeds import (
    Feed,
    Land,
    comparable,
    events,
    feeds,
    landed,
    rows_of,
    shapes,
    values_of,
)
from tests.conformance.engine.dimension.oracle import Row

NOW = "2024-06-01T00:00:00.000001Z"
MOMENT = datetime(2024, 6, 1, 0, 0, 0, 1, UTC)


@frozen
class Told:
    """What a query made: rows, and whether they have what they say."""

    feed: Feed
    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    told: bool


@st.composite
def queries(draw: st.DrawFn, *, reading: bool = False) -> Told:
    feed = draw(shapes(reading=reading))
    told = draw(st.booleans())
    rows = draw(st.lists(_made(feed), max_size=8))
    operation = (TableColumn(OPERATION, "string"),) if told else ()
    columns = (*feed.made, *operation)
    return Told(feed, columns, tuple({c.name: r[c.name] for c in columns} for r in rows), told)


@st.composite
def _made(draw: st.DrawFn, feed: Feed) -> Row:
    row = {c.name: draw(st.one_of(*[values_of(feed, c.name)] * 4, st.none())) for c in feed.made}
    operations = [UPSERT, UPSERT, DELETE, *([TRUNCATE] if feed.dimension.truncate_when else [])]
    return {**row, OPERATION: draw(st.sampled_from(operations))}


def as_events(query: Told, generation: int) -> list[Row]:
    """What plain Python makes of the rows."""
    dimension, made = query.feed.dimension, []
    for row in query.rows:
        operation = row[OPERATION] if query.told else UPSERT
        no_key = operation != TRUNCATE and any(row[k] is None for k in dimension.keys)
        no_sequence = any(row[s] is None for s in dimension.sequence_by)
        reason = NO_KEY if no_key else NO_SEQUENCE if no_sequence else None
        made.append({**row, READ_AT: MOMENT, OPERATION: operation, GENERATION: generation, REASON: reason})
    if dimension.closes and dimension.sequence_by:
        there = {*dimension.sequence_by, *dimension.scope}
        snapshots = [r for r in query.rows if all(r[s] is not None for s in dimension.sequence_by)]
        for row in {oracle.frozen({c: r[c] for c in there}): r for r in snapshots}.values():
            said = {c: v if c in there else None for c, v in row.items()}
            made.append({**said, OPERATION: SNAPSHOT, GENERATION: generation, REASON: None})
    return made


def told_of(rows: Sequence[Row], columns: Sequence[TableColumn]) -> list[tuple[object, ...]]:
    return comparable([[row[c.name] for c in columns] for row in rows])


@given(queries())
def test_rows_say_what_they_are_and_snapshots_that_they_are_all(engine: Engine, land_typed: Land, query: Told) -> None:
    columns = query.feed.columns
    asked = events_query(query.feed.dimension, columns, generation=3, read_at=NOW, told=query.told)
    found = rows_of(engine, asked, columns, {MADE: landed(land_typed, query.columns, query.rows)})
    assert found == told_of(as_events(query, 3), columns)


@examples(25)
@given(feeds(), st.data())
def test_an_event_that_is_there_is_not_new_whatever_code_made_it(
    engine: Engine, land_typed: Land, feed: Feed, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(feed.events), max_size=6)) if feed.events else []
    more = data.draw(st.lists(events(feed), max_size=3))
    made = [*({**row, GENERATION: 7} for row in again), *more]
    inputs = {EVENTS: landed(land_typed, feed.columns, feed.events), MADE: landed(land_typed, feed.columns, made)}
    found = rows_of(engine, new_query(feed.columns), feed.columns, inputs)
    known = {oracle.frozen({**row, GENERATION: 0}) for row in feed.events}
    assert found == told_of([r for r in made if oracle.frozen({**r, GENERATION: 0}) not in known], feed.columns)


@given(queries(reading=True), st.data())
def test_of_a_snapshot_that_was_read_what_differs_is_kept(
    engine: Engine, land_typed: Land, query: Told, data: st.DataObject
) -> None:
    feed, keys = query.feed, query.feed.dimension.keys
    snapshot = one_of_each(keys, as_events(query, 3))
    before = [*data.draw(st.lists(_made(feed), max_size=4)), *(r for r in snapshot if data.draw(st.booleans()))]
    current = [{**row, READ_AT: MOMENT} for row in one_of_each(keys, before) if row[OPERATION] != TRUNCATE]
    found = kept(engine, land_typed, feed, snapshot, current)
    assert found == told_of(differing(feed, snapshot, current), feed.columns)


def kept(
    engine: Engine, land: Land, feed: Feed, snapshot: Sequence[Row], current: Sequence[Row]
) -> list[tuple[object, ...]]:
    """What the query finds of it."""
    asked = differing_query(feed.dimension, feed.columns, generation=3, read_at=NOW)
    there = [c for c in feed.columns if c.name not in oracle.OWN]
    inputs = {CURRENT: landed(land, there, current), MADE: landed(land, feed.columns, snapshot)}
    return rows_of(engine, asked, feed.columns, inputs)


def differing(feed: Feed, snapshot: Sequence[Row], current: Sequence[Row]) -> list[Row]:
    """What plain Python finds of it."""
    dimension = feed.dimension
    names = [c.name for c in feed.columns if c.name not in (READ_AT, *oracle.OWN)]
    there = {oracle.frozen({n: r[n] for n in names}) for r in current}
    keys = {_key(dimension.keys, r) for r in current}
    told = []
    for row in snapshot:
        is_there = oracle.frozen({n: row[n] for n in names}) in there
        told += [row] if (_key(dimension.keys, row) in keys if row[OPERATION] == DELETE else not is_there) else []
    if dimension.snapshots is None or dimension.snapshots.absent is Absent.KEEP:
        return told
    seen = {_key(dimension.keys, r) for r in snapshot}
    scopes = {_key(dimension.scope, r) for r in snapshot}
    gone = [r for r in current if _key(dimension.keys, r) not in seen]
    gone = [r for r in gone if not dimension.scope or _key(dimension.scope, r) in scopes]
    return [*told, *({**r, READ_AT: MOMENT, OPERATION: DELETE, GENERATION: 3, REASON: None} for r in gone)]


def _key(names: Sequence[str], row: Row) -> object:
    return tuple(oracle.frozen(row[n]) for n in names)


def one_of_each(keys: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    return list({_key(keys, row): row for row in reversed(rows)}.values())


DOUBLED = Feed(
    Dimension(("id",), tie_break=("n",), snapshots=Snapshots()),
    (TableColumn("id", "int"), TableColumn("n", "int"), TableColumn("v", "string")),
)


def row(id_: int, n: int, v: str) -> Row:
    return {"id": id_, "n": n, "v": v, READ_AT: MOMENT, OPERATION: UPSERT, GENERATION: 3, REASON: None}


def test_of_a_key_that_is_told_twice_all_is_kept_or_nothing_would_show_which_counts(
    engine: Engine, land_typed: Land
) -> None:
    """The row that is true is in the snapshot too: were the other kept alone, it would be what is true."""
    snapshot, current = [row(1, 1, "a"), row(1, 2, "b"), row(2, 1, "c")], [row(1, 2, "b"), row(2, 1, "c")]
    assert kept(engine, land_typed, DOUBLED, snapshot, current) == told_of(snapshot[:2], DOUBLED.columns)
