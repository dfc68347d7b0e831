"""What must hold of events and of versions is found where it does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.dimension import Dimension, Names
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.dimension.checks import broken_query, ties_query
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.versions import dimension_columns, dimension_query
from lakekit.sql.merging import MADE
from tests.conformance.engine.batches import examples
from tests.conformance.engine.dimension import oracle
from tests.conformance.engine.dimension.feeds import Feed, Land, feeds, landed

Version = tuple[int, str, int, int, bool, str]

KEYED = Dimension(("since", "Open"), names=Names("until", "twin", "following", "x"))
COLUMNS = (
    *(TableColumn("since", "int"), TableColumn("Open", "string"), TableColumn("until", "int")),
    *(TableColumn("twin", "int"), TableColumn("following", "boolean"), TableColumn("x", "string")),
)
"""With names that the query uses too."""
VERSIONS = st.lists(
    st.tuples(
        *(st.sampled_from([1, 2]), st.just("k"), st.integers(1, 6), st.integers(1, 8)),
        *(st.sampled_from([False, False, True]), st.sampled_from("pqrstu")),
    ),
    max_size=7,
    unique_by=lambda row: (row[0], row[2]),
)


@given(feeds(tied=True))
def test_keys_of_which_different_things_are_said_in_no_order_are_named(
    engine: Engine, land_typed: Land, feed: Feed
) -> None:
    query = ties_query(feed.dimension, feed.columns)
    found = engine.rows(query, {EVENTS: landed(land_typed, feed.columns, feed.events)})
    assert Counter(found) == oracle.ties(feed.dimension, feed.events)


@examples(40)
@given(feeds())
def test_versions_that_were_made_are_whole(
    engine: Engine, land_typed: Land, folders: Iterator[Path], feed: Feed
) -> None:
    events = {EVENTS: landed(land_typed, feed.columns, feed.events)}
    written = engine.write(dimension_query(feed.dimension, feed.columns), events, next(folders))
    made = Input(tuple(str(w.path) for w in written), columns=dimension_columns(feed.dimension, feed.columns))
    assert numbers(engine, feed.dimension, made) == (0, 0, 0, 0)


@given(VERSIONS)
def test_versions_that_are_none_are_counted(engine: Engine, land_typed: Land, rows: Sequence[Version]) -> None:
    told = [dict(zip([c.name for c in COLUMNS], row, strict=True)) for row in rows]
    assert numbers(engine, KEYED, landed(land_typed, COLUMNS, told)) == broken(rows)


def numbers(engine: Engine, dimension: Dimension, made: Input) -> tuple[int, ...]:
    """How many of each kind the query counts."""
    (row,) = engine.rows(broken_query(dimension), {MADE: made})
    return tuple(int(str(number)) for number in row)


def broken(rows: Sequence[Version]) -> tuple[int, int, int, int]:
    """How many are empty, overlap the next, are current with another after them, have a version key again."""
    empty = sum(not is_current and until <= since for _, _, since, until, is_current, _ in rows)
    overlaps, opens = 0, 0
    by_key = defaultdict(list)
    for row in rows:
        by_key[row[:2]].append(row)
    for own in by_key.values():
        own.sort(key=lambda row: row[2])
        for (_, _, _, until, is_current, _), (_, _, since, _, _, _) in pairwise(own):
            overlaps += not is_current and until > since
            opens += is_current
    return empty, overlaps, opens, len(rows) - len({row[-1] for row in rows})
