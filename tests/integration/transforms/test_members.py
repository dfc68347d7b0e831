"""Rows of a dimension for what is not known and for what is none: there from the first build on, in nobody's way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.dimension import MEMBERS, NOT_APPLICABLE_MEMBER, UNKNOWN_MEMBER
from lakekit.domain.errors import ConfigError
from lakekit.domain.report import Ending
from tests.integration.transforms.lakes import Lake

COLUMNS = {
    "people": {"who": "long", "city": "string", "since": "long"},
    "sales": {"id": "long", "who": "long", "t": "long"},
}
OPTIONS: dict[str, Any] = {
    "materialization": "scd2",
    "keys": ["who"],
    "sequence_by": "since",
    "incremental": ["bronze.people"],
    "members": True,
}
FACTS = """
SELECT
  s.id, s.who,
  CASE WHEN s.who IS NULL THEN not_applicable_member() ELSE coalesce(p._version_key, unknown_member()) END AS person
FROM bronze.sales AS s LEFT JOIN gold.people AS p ON s.who = p.who AND as_of(p, s.t)
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, COLUMNS)
    made.begin()
    made.append("people", [(1, "Bern", 10), (None, "Rome", 10)])
    made.append("sales", [(1, 1, 15), (2, 2, 15), (3, None, 15), (4, 1, 5)])
    made.transform("gold.people", "SELECT who, city, since FROM bronze.people", **OPTIONS)
    return made


def members(lake: Lake) -> list[tuple[Any, ...]]:
    """Their rows, columns in order of name."""
    return sorted(row for row in lake.rows("gold.people").elements() if row[0] in MEMBERS)


def test_they_are_current_and_have_no_value_elsewhere(lake: Lake) -> None:
    report = lake.build()["gold.people"]
    assert members(lake) == [
        (member, None, True, None, None, None, None) for member in (UNKNOWN_MEMBER, NOT_APPLICABLE_MEMBER)
    ]
    assert (report.books.made, report.books.added) == (1, 3)


def test_events_with_and_without_a_key_leave_them_where_they_are(lake: Lake) -> None:
    lake.build()
    before = members(lake)
    lake.append("people", [(None, "Rome", 20), (1, "Oslo", 20), (2, "Bern", 0)])
    report = lake.build()["gold.people"]
    assert (report.books.made, report.books.removed) == (3, 1)
    assert members(lake) == before
    assert lake.build(refresh=True)["gold.people"].ending is Ending.PUBLISHED
    assert members(lake) == before


def test_they_may_come_later_and_go_again(lake: Lake) -> None:
    without = {key: value for key, value in OPTIONS.items() if key != "members"}
    lake.transform("gold.people", "SELECT who, city, since FROM bronze.people", **without)
    lake.build()
    assert members(lake) == []
    lake.transform("gold.people", "SELECT who, city, since FROM bronze.people", **OPTIONS)
    assert lake.build()["gold.people_events"].ending is Ending.NOTHING_NEW
    assert len(members(lake)) == 2
    lake.transform("gold.people", "SELECT who, city, since FROM bronze.people", **without)
    lake.build()
    assert members(lake) == []


def test_no_fact_finds_one_as_of_a_moment_and_none_is_lost_by_an_inner_join(lake: Lake) -> None:
    through = {"affected_by": ["id"], "affected_through": {"gold.people": ["who"]}}
    lake.transform("gold.sales", FACTS, materialization="merge", keys=["id"], incremental=["bronze.sales"], **through)
    lake.build()
    lake.append("people", [(2, "Bern", 0)])
    lake.build()
    versions = {row[0] for row in lake.rows("gold.people")}
    facts = {number: key for number, key, _ in lake.rows("gold.sales")}
    assert set(facts.values()) <= versions
    assert (facts[3], facts[4]) == (NOT_APPLICABLE_MEMBER, UNKNOWN_MEMBER)
    assert not {facts[1], facts[2]} & set(MEMBERS)


def test_a_dimension_of_type_one_has_no_keys_for_them(lake: Lake) -> None:
    lake.transform(
        "gold.people", "SELECT who, city, since FROM bronze.people", **{**OPTIONS, "materialization": "scd1"}
    )
    with pytest.raises(ConfigError) as caught:
        lake.build()
    assert caught.value.code == "config.no_effect"
