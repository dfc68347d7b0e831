"""as_of joins what holds at a moment, in queries and in functions, on Sail and on Spark: no more and no less than a
comparison of all rows with all versions does, at the edges of intervals too."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from attrs import frozen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lakekit.domain.dimension import Dimension, Names
from lakekit.domain.schema import TableColumn
from lakekit.plugin.transforms import as_of
from lakekit.ports.engine import Input
from lakekit.ports.runtime import Body, SparkRuntime
from lakekit.sql.query.macros import expanded
from lakekit.sql.query.parsed import read_query
from lakekit.testing.runtime import OfRuntime
from tests.conformance.runtime.parquet import read_parquet, write_parquet
from tests.conformance.runtime.sails import Sail
from tests.conformance.sparks import Connect, Local, OnAMaster

Row: TypeAlias = "tuple[Any, ...]"
NAMES = Names(valid_from="valid from", valid_to="until")
DIMENSIONS = {"gold.people": Dimension(("k",), names=NAMES)}
DAY, MOMENT = date(1969, 12, 29), datetime(1969, 12, 31, 23, 59, 59, 999_997, UTC)
MIDNIGHT = datetime(1969, 12, 29, tzinfo=UTC)


@frozen
class Kind:
    """Types of moments and of the edges of intervals, and what the number of a moment is of each."""

    moment: str
    edge: str
    as_moment: Callable[[int], Any]
    as_edge: Callable[[int], Any]


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def microsecond(number: int) -> datetime:
    return MOMENT + timedelta(microseconds=number)


def midnight(number: int) -> datetime:
    return MIDNIGHT + timedelta(days=number)


KINDS = (
    Kind("timestamp", "timestamp", microsecond, microsecond),
    Kind("date", "date", day, day),
    Kind("long", "long", int, int),
    Kind("date", "timestamp", day, midnight),
    Kind("timestamp", "date", midnight, day),
    Kind("int", "long", int, int),
)
NUMBERS = st.integers(0, 5)
KEYS = st.one_of(st.none(), st.sampled_from(["a", "b"]))
FACTS = st.lists(st.tuples(KEYS, st.one_of(st.none(), NUMBERS)), min_size=1, max_size=20)
VERSIONS = st.lists(st.tuples(KEYS, NUMBERS, st.one_of(st.none(), NUMBERS)), min_size=1, max_size=8)
"""Not only those that a dimension can have: intervals that meet, overlap, or are empty."""

EVERY = [(key, moment) for key in ("a", "b", "c", None) for moment in (*range(6), None)]
CHAIN = [("a", 1, 3), ("a", 3, 4), ("a", 5, None), ("b", 2, 3), (None, 0, None)]
"""A gap before 5, nothing before 1; one version that has ended, and one without a key."""

QUERY = """
SELECT o.id, p.id AS version
FROM silver.orders AS o LEFT JOIN gold.people AS p
  ON p.k = o.k AND as_of(p, -- the moment
                         o.at)
"""
WHERE = """
SELECT o.id, people.id AS version FROM silver.orders AS o, gold.people WHERE AS_OF(people, o.at) AND people.k = o.k
"""
CASE = """
SELECT o.id, CASE WHEN as_of(gold.people, greatest(o.at, o.at)) THEN people.id END AS version
FROM silver.orders AS o JOIN gold.people ON people.k = o.k
"""


def function(inputs: Mapping[str, Any]) -> Any:
    orders, people = inputs["silver.orders"], inputs["gold.people"]
    same = orders["k"] == people["k"]
    holds = as_of(people, orders["at"], valid_from=NAMES.valid_from, valid_to=NAMES.valid_to)
    return orders.join(people, same & holds, "left").select(orders["id"], people["id"].alias("version"))


def query(text: str) -> Body:
    return expanded(read_query(text), DIMENSIONS).text


def pairs(facts: Sequence[Row], versions: Sequence[Row]) -> list[tuple[int, int]]:
    """Each fact with each version that holds."""
    return [
        (i, j)
        for (i, (key, moment)), (j, (of, begins, ends)) in itertools.product(enumerate(facts), enumerate(versions))
        if key is not None and key == of and moment is not None and begins <= moment and (ends is None or moment < ends)
    ]


def kept(facts: Sequence[Row], versions: Sequence[Row]) -> Counter[Row]:
    """As a left join has them."""
    found = pairs(facts, versions)
    met = {i for i, _ in found}
    return Counter([*found, *((i, None) for i in range(len(facts)) if i not in met)])


def only_if(facts: Sequence[Row], versions: Sequence[Row]) -> Counter[Row]:
    """Each fact with each version of its key; the version where it holds."""
    found = set(pairs(facts, versions))
    return Counter(
        (i, j if (i, j) in found else None)
        for (i, (key, _)), (j, (of, *_)) in itertools.product(enumerate(facts), enumerate(versions))
        if key is not None and key == of
    )


BODIES: Mapping[str, tuple[Body, Callable[[Sequence[Row], Sequence[Row]], Counter[Row]]]] = {
    "on": (query(QUERY), kept),
    "where": (query(WHERE), lambda facts, versions: Counter(pairs(facts, versions))),
    "case": (query(CASE), only_if),
    "function": (function, kept),
}


CASES = [*((kind, "on") for kind in KINDS), *((KINDS[0], body) for body in BODIES if body != "on")]


class AsOf(OfRuntime):
    @pytest.fixture(scope="class")
    @classmethod
    def folders(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        return (tmp_path_factory.mktemp("example") for _ in itertools.count())

    @pytest.mark.parametrize(("kind", "body"), CASES, ids=[f"{k.moment} in {k.edge}, {body}" for k, body in CASES])
    @example(EVERY, CHAIN)
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FACTS, VERSIONS)
    def test_a_row_meets_the_versions_that_hold_at_its_moment(
        self, runtime: SparkRuntime, folders: Iterator[Path], kind: Kind, body: str, facts: Any, versions: Any
    ) -> None:
        folder = next(folders)
        inputs = {
            "silver.orders": _input(
                folder / "orders",
                {"id": "long", "k": "string", "at": kind.moment},
                [(i, key, _as(kind.as_moment, moment)) for i, (key, moment) in enumerate(facts)],
            ),
            "gold.people": _input(
                folder / "people",
                {"id": "long", "k": "string", NAMES.valid_from: kind.edge, NAMES.valid_to: kind.edge},
                [(i, key, *(_as(kind.as_edge, edge) for edge in edges)) for i, (key, *edges) in enumerate(versions)],
            ),
        }
        run, expected = BODIES[body]
        written = runtime.write(run, inputs, folder / "out")
        assert Counter(read_parquet([w.path for w in written])) == expected(facts, versions)


def _as(of: Callable[[int], Any], number: int | None) -> Any:
    return None if number is None else of(number)


def _input(file: Path, columns: Mapping[str, str], rows: Sequence[Row]) -> Input:
    told = tuple(TableColumn(name, type_) for name, type_ in columns.items())
    write_parquet(file.with_suffix(".parquet"), told, rows)
    return Input((str(file.with_suffix(".parquet")),), columns=told)


class TestSail(Sail, AsOf):
    pass


class TestSpark(Local, AsOf):
    provider = "spark"


class TestSparkOnAMaster(OnAMaster, AsOf):
    provider = "spark"


class TestSparkConnect(Connect, AsOf):
    provider = "spark"
