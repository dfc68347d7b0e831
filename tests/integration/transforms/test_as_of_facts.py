"""Facts get the versions that hold at their moments, and others when the intervals of a dimension change: only facts of
the keys in question are made anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lakekit.domain.build import Scope
from lakekit.domain.dimension import UNKNOWN_MEMBER, Dimension
from lakekit.domain.report import Ending
from lakekit.project.selection import EVERYTHING
from lakekit.sql.query.macros import expanded
from lakekit.sql.query.parsed import read_query
from tests.integration.transforms.lakes import Lake

Row: TypeAlias = "tuple[Any, ...]"

COLUMNS = {
    "orders": {"id": "long", "k": "long", "t": "long"},
    "people": {"k": "long", "valid_from": "long", "valid_to": "long", "version": "string"},
}
FACTS = """
SELECT o.id, o.k, o.t, coalesce(c._version_key, unknown_member()) AS version
FROM silver.orders AS o LEFT JOIN gold.people AS c ON c.k = o.k AND as_of(c, o.t)
"""
BY_K = {
    "materialization": "merge",
    "keys": ["id"],
    "incremental": ["silver.orders", "gold.people"],
    "affected_by": ["k"],
}
MOMENTS = st.integers(0, 4)
ORDERS = st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 3)), st.one_of(st.none(), MOMENTS)), max_size=4)
CHAINS = st.tuples(st.lists(MOMENTS, max_size=3, unique=True).map(sorted), st.booleans())
"""The moments at which versions of a key begin, and whether the last one is open; else it ends the one before."""
STEPS = st.tuples(ORDERS, st.integers(1, 3), CHAINS)
"""Orders that come, a key, and the versions that it has from then on."""


def begun(root: Path) -> Lake:
    lake = Lake(root, COLUMNS)
    lake.begin()
    for name in COLUMNS:
        lake.append(name, [])
    lake.transform("silver.orders", "SELECT id, k, t FROM bronze.orders")
    lake.transform("gold.people", "SELECT k, valid_from, valid_to, version AS _version_key FROM bronze.people")
    query = expanded(read_query(FACTS), {"gold.people": Dimension(("k",))})
    lake.transform("gold.facts", query.text, **BY_K)
    return lake


def versions(key: int, begins: Sequence[int], open_: bool) -> list[Row]:
    ends = [*begins[1:], *([None] if open_ else [])]
    return [(key, begin, end, f"{key} {begin}") for begin, end in zip(begins, ends, strict=False)]


def joined(orders: Sequence[Row], people: Sequence[Row]) -> Counter[Row]:
    """By a comparison of all rows, in the order of the columns' names."""
    return Counter((id_, key, at, held(key, at, people)) for id_, key, at in orders)


def held(key: Any, at: Any, people: Sequence[Row]) -> str:
    found = [
        version
        for of, begins, ends, version in people
        if None not in (key, at) and of == key and begins <= at and (ends is None or at < ends)
    ]
    return found[0] if found else UNKNOWN_MEMBER


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(STEPS, min_size=2, max_size=4))
def test_facts_follow_the_intervals_of_a_dimension_by_increments(steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        lake = begun(Path(folder))
        orders: list[Row] = []
        people: dict[int, list[Row]] = {}
        for number, (came, key, (begins, open_)) in enumerate(steps):
            rows = [(len(orders) + i, *order) for i, order in enumerate(came)]
            orders += rows
            people[key] = versions(key, begins, open_)
            lake.append("orders", rows)
            lake.table("bronze.people").delete(f"k = {key}")
            lake.append("people", people[key])
            reports = lake.build()
            assert all(report.ending in {Ending.PUBLISHED, Ending.NOTHING_NEW} for report in reports.values())
            assert reports["gold.facts"].scope in ({Scope.KEYS, None} if number else {Scope.FULL})
            assert lake.rows("gold.facts") == joined(orders, [row for rows in people.values() for row in rows])


@pytest.mark.parametrize(("types", "ends"), [(("long", "long"), True), (("long", "string"), False)])
def test_keys_whose_types_are_not_known_before_the_first_run_are_looked_at_before_an_increment(
    tmp_path: Path, types: Sequence[str], ends: bool
) -> None:
    lake = Lake(tmp_path, {name: {"k": kind, "v": "long"} for name, kind in zip("ab", types, strict=True)})
    lake.begin()
    for name in "ab":
        lake.append(name, [])
        lake.transform(f"silver.{name}", f"SELECT coalesce(k, k) AS k, v FROM bronze.{name}")
    query = "SELECT a.k, a.v, b.v AS w FROM silver.a AS a LEFT JOIN silver.b AS b ON a.k = b.k"
    by_k = {**BY_K, "keys": ["v"], "incremental": ["silver.a", "silver.b"]}
    lake.transform("gold.t", query, **by_k)
    with lake.transforms() as (transforms, run):
        (first,) = (r for r in transforms.build(EVERYTHING, run) if r.dataset == "gold.t")
        lake.append("a", [(1, 1)])
        (second,) = (r for r in transforms.build(EVERYTHING, run) if r.dataset == "gold.t")
    assert (first.ending, first.scope) == (Ending.PUBLISHED, Scope.FULL)
    assert (second.ending is Ending.PUBLISHED) == ends
    assert ends or (second.failure and second.failure.code == "transform.not_incremental")
