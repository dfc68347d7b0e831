"""Facts over several dimensions: what is new in one of them concerns the facts with its keys, and no others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from lakekit.domain.build import Scope
from lakekit.domain.errors import ConfigError
from lakekit.domain.report import Ending
from tests.integration.transforms.lakes import Lake, multiset

COLUMNS = {
    "sales": {"id": "long", "who": "long", "what": "long", "n": "long"},
    "people": {"who": "long", "city": "string"},
    "goods": {"what": "long", "price": "long"},
}
OPTIONS: dict[str, Any] = {
    "materialization": "merge",
    "keys": ["id"],
    "incremental": ["bronze.sales"],
    "affected_by": ["id"],
    "affected_through": {"bronze.people": ["who"], "bronze.goods": ["what"]},
}
FACTS = """
SELECT s.id, s.who, s.what, s.n, coalesce(p.city, '?') AS city, g.price
FROM bronze.sales AS s
LEFT JOIN (SELECT who, max(city) AS city FROM bronze.people GROUP BY who) AS p ON s.who = p.who
LEFT JOIN (SELECT what, max(price) AS price FROM bronze.goods GROUP BY what) AS g ON s.what = g.what
"""

NUMBER = st.sampled_from([1, 2, 3, None])
ROWS = {
    "sales": st.tuples(st.integers(1, 4), NUMBER, NUMBER, st.integers(0, 2)),
    "people": st.tuples(NUMBER, st.sampled_from(["Bern", "Oslo"])),
    "goods": st.tuples(NUMBER, st.integers(5, 6)),
}
FIRST = {name: next(iter(columns)) for name, columns in COLUMNS.items()}
STEP = st.sampled_from(sorted(ROWS)).flatmap(
    lambda name: st.one_of(
        st.tuples(
            st.just(name), st.just(0), st.lists(ROWS[name], min_size=1, max_size=3, unique_by=lambda row: row[0])
        ),
        st.tuples(st.just(name), st.integers(1, 3), st.just([])),
    )
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = filled(tmp_path)
    made.append("sales", [(1, 1, 1, 0), (2, 2, 1, 0), (3, None, 2, 0)])
    made.append("people", [(1, "Bern"), (2, "Bern")])
    made.append("goods", [(1, 5), (2, 5)])
    made.transform("gold.facts", FACTS, **OPTIONS)
    made.build()
    return made


def filled(root: Path) -> Lake:
    lake = Lake(root, COLUMNS)
    lake.begin()
    return lake


def test_a_row_of_a_dimension_concerns_the_facts_with_its_key(lake: Lake) -> None:
    lake.append("people", [(2, "Oslo")])
    report = lake.build()["gold.facts"]
    assert (report.scope, report.books.made, report.books.added, report.books.removed) == (Scope.KEYS, 1, 1, 1)
    cities = {(city, number) for city, number, *_ in lake.rows("gold.facts")}
    assert cities == {("Bern", 1), ("Oslo", 2), ("?", 3)}


def test_facts_that_come_out_as_they_are_stay(lake: Lake) -> None:
    lake.append("goods", [(1, 4)])
    before = lake.table("gold.facts").file_uris()
    report = lake.build()["gold.facts"]
    assert (report.scope, report.books.made, report.books.added, report.books.removed) == (Scope.KEYS, 2, 0, 0)
    assert lake.table("gold.facts").file_uris() == before
    assert lake.build()["gold.facts"].ending is Ending.NOTHING_NEW


def test_several_dimensions_and_the_facts_may_move_at_once(lake: Lake) -> None:
    lake.append("people", [(1, "Rome")])
    lake.append("goods", [(2, 9)])
    lake.append("sales", [(4, 2, 2, 0)])
    report = lake.build()["gold.facts"]
    assert (report.scope, report.books.made, report.books.removed) == (Scope.KEYS, 3, 2)
    assert lake.rows("gold.facts") == multiset(
        [("Rome", 1, 0, 5, 1, 1), ("Bern", 2, 0, 5, 1, 2), ("?", 3, 0, 9, 2, None), ("Bern", 4, 0, 9, 2, 2)]
    )


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (FACTS.replace("ON s.who = p.who", "ON s.n = p.who"), "the join does not compare who"),
        (FACTS.replace("s.who, s.what", "s.n AS who, s.what"), "who is not among the columns"),
        (FACTS.replace("ON s.what = g.what", "ON true"), "the join does not compare what"),
    ],
)
def test_a_query_whose_rows_a_dimension_concerns_otherwise_is_refused(lake: Lake, query: str, why: str) -> None:
    lake.transform("gold.facts", query, **OPTIONS)
    report = lake.build()["gold.facts"]
    assert report.failure is not None
    assert report.failure.code == "transform.not_incremental"
    assert why in " ".join(report.failure.lines)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"affected_through": {"bronze.people": ["whom"]}}, "transform.unknown_column"),
        ({"affected_through": {"bronze.peple": ["who"]}}, "transform.unknown_input"),
        ({"affected_through": {"bronze.sales": ["who"]}}, "config.no_effect"),
        ({"affected_by": None}, "config.no_effect"),
    ],
)
def test_mistakes_in_the_option_are_told_before_anything_runs(lake: Lake, options: dict[str, Any], code: str) -> None:
    told = {key: value for key, value in {**OPTIONS, **options}.items() if value is not None}
    lake.transform("gold.facts", FACTS, **told)
    with pytest.raises(ConfigError) as caught:
        lake.build()
    assert caught.value.code == code


@settings(max_examples=10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.lists(STEP, min_size=1, max_size=3), min_size=1, max_size=4), st.data())
def test_facts_are_what_a_rebuild_makes_of_them(history: list[list[tuple[str, int, Any]]], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        lake = filled(Path(folder, "lake"))
        for name, row in ROWS.items():
            lake.append(name, data.draw(st.lists(row, min_size=1, max_size=4, unique_by=lambda row: row[0])))
        lake.transform("gold.facts", FACTS, **OPTIONS)
        lake.build()
        for steps in history:
            for name, gone, rows in steps:
                note(f"{name}: -{gone} +{rows}")
                for number in [gone, *(row[0] for row in rows if name == "sales")]:
                    lake.table(f"bronze.{name}").delete(f"{FIRST[name]} = {number}")
                if rows:
                    lake.append(name, rows)
            report = lake.build()["gold.facts"]
            assert report.scope in {Scope.KEYS, None}, report
        anew = filled(Path(folder, "anew"))
        shutil.copytree(lake.root / "lake" / "bronze", anew.root / "lake" / "bronze")
        anew.write("transforms/gold/facts.sql", f"/*\n{json.dumps({})}\n*/\n{FACTS}")
        anew.build()
        assert lake.rows("gold.facts") == anew.rows("gold.facts")
