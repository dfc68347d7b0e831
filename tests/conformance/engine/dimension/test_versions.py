"""Versions are what plain Python says of all events, whatever the order in which these came."""

from __future__ import annotations

import random

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.dimension import GENERATION, OPERATION, SNAPSHOT, TRUNCATE, Dimension, Snapshots
from lakekit.ports.engine import Engine, Input
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.versions import current_query, dimension_columns, dimension_query
from tests.conformance.engine.batches import examples
from tests.conformance.engine.dimension import oracle
from tests.conformance.engine.dimension.examples import feed
from tests.conformance.engine.dimension.feeds import Feed, Land, comparable, feeds, in_order, landed, rows_of
from tests.conformance.engine.dimension.oracle import Row

Rows = list[tuple[object, ...]]


def made(engine: Engine, land: Land, feed: Feed) -> Rows:
    """The rows that the queries make of a feed."""
    query = dimension_query(feed.dimension, feed.columns)
    columns = dimension_columns(feed.dimension, feed.columns)
    return rows_of(engine, query, columns, {EVENTS: landed(land, feed.columns, feed.events)})


def expected(feed: Feed) -> Rows:
    """The rows that plain Python makes of it."""
    return as_stored(feed, oracle.versions(feed.dimension, feed.events, feed.names))


def as_stored(feed: Feed, rows: Rows) -> Rows:
    """With the end that the dimension writes where there is none."""
    return comparable([(*row[:-3], feed.end if row[-2] else row[-3], *row[-2:]) for row in rows])


@examples(60)
@given(feeds())
def test_versions_are_those_of_all_events_seen_at_once(engine: Engine, land_typed: Land, feed: Feed) -> None:
    assert made(engine, land_typed, feed) == expected(feed)


@given(feeds())
def test_of_type_1_is_what_is_current_of_type_2(engine: Engine, land_typed: Land, feed: Feed) -> None:
    of_type_1 = evolve(feed, dimension=evolve(feed.dimension, history=False))
    current = [row[:-4] for row in oracle.versions(feed.dimension, feed.events, feed.names) if row[-2]]
    assert made(engine, land_typed, of_type_1) == comparable(current)


@given(feeds())
def test_what_is_true_now_is_told_as_the_events_tell_it(engine: Engine, land_typed: Land, feed: Feed) -> None:
    query = current_query(feed.dimension, feed.columns)
    columns = [c for c in feed.columns if c.name in feed.names]
    found = rows_of(engine, query, columns, {EVENTS: landed(land_typed, feed.columns, feed.events)})
    assert found == comparable(oracle.current(feed.dimension, feed.events, feed.names))


@examples(30)
@given(feeds(), st.randoms(use_true_random=False), st.integers(0, 30))
def test_neither_the_order_nor_the_batches_in_which_events_came_change_anything(
    engine: Engine, land_typed: Land, feed: Feed, chance: random.Random, cut: int
) -> None:
    shuffled = chance.sample(feed.events, len(feed.events))
    parts = [landed(land_typed, feed.columns, rows) for rows in (shuffled[:cut], shuffled[cut:])]
    inputs = {EVENTS: Input(tuple(f for part in parts for f in part.files), columns=feed.columns)}
    columns = dimension_columns(feed.dimension, feed.columns)
    assert rows_of(engine, dimension_query(feed.dimension, feed.columns), columns, inputs) == expected(feed)


@examples(30)
@given(feeds(), st.data())
def test_versions_of_some_keys_are_made_of_their_events_and_what_is_said_of_all(
    engine: Engine, land_typed: Land, feed: Feed, data: st.DataObject
) -> None:
    """What a batch touches is made anew alone, and is what it would be if all were."""

    def key(event: Row) -> tuple[object, ...]:
        return tuple(event[k] for k in feed.dimension.keys)

    of_one = [e for e in feed.events if e[OPERATION] not in (TRUNCATE, SNAPSHOT)]
    touched = {key(e) for e in (data.draw(st.lists(st.sampled_from(of_one))) if of_one else [])}
    theirs = [e for e in feed.events if e not in of_one or key(e) in touched]
    names = [c.name for c in dimension_columns(feed.dimension, feed.columns)]
    places = [names.index(k) for k in feed.dimension.keys]
    rows = oracle.versions(feed.dimension, feed.events, feed.names)
    wanted = [row for row in rows if tuple(row[p] for p in places) in touched]
    assert made(engine, land_typed, evolve(feed, events=tuple(theirs))) == as_stored(feed, wanted)


@examples(30)
@given(feeds(), st.data())
def test_generations_and_what_is_said_of_all_are_looked_for_where_there_are_some(
    engine: Engine, land_typed: Land, feed: Feed, data: st.DataObject
) -> None:
    """Without them the queries that do not look say the same."""
    events = [{**e, GENERATION: 1} for e in feed.events if e[OPERATION] not in (TRUNCATE, SNAPSHOT)]
    alone = evolve(feed, events=tuple(in_order(feed.dimension, events)))
    columns = dimension_columns(feed.dimension, feed.columns)
    query = dimension_query(feed.dimension, feed.columns, generations=data.draw(st.booleans()), markers=False)
    found = rows_of(engine, query, columns, {EVENTS: landed(land_typed, alone.columns, alone.events)})
    assert found == expected(alone)


def test_a_snapshot_gives_way_to_newer_ones_of_the_same_scope_alone(engine: Engine, land_typed: Land) -> None:
    """Newer code told of one scope again, at the moment at which older code had told that another is empty."""
    of_scopes = Dimension(("k",), ("at",), snapshots=Snapshots(scope=("s",)))
    rows = ((7, 1, 70), (None, 1, 70, "S"), (None, 2, 70, "S"), (8, 2, 80), (None, 2, 80, "S"))
    of_one = feed(of_scopes, "k int, at int, s int", *rows)
    told = evolve(of_one, events=tuple({**e, GENERATION: 2 if e["s"] == 80 else 1} for e in of_one.events))
    found = made(engine, land_typed, told)
    assert found == expected(told)
    assert [end for *_, (_, end), _, _ in found] == [2, None]
