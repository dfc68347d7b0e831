"""Tables that dbt, Databricks and people kept become dimensions with the same versions, which go on from there."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from deltalake import DeltaTable

from lakekit.domain.adoption import STYLES, Fault, Intervals
from lakekit.domain.errors import ConfigError
from lakekit.domain.report import Ending
from lakekit.project.selection import EVERYTHING
from tests.integration.transforms.adopted import (
    COLUMNS,
    EVENTS,
    MADE,
    OURS,
    QUERY,
    Kept,
    day,
    stopped,
    version,
    write_table,
)
from tests.integration.transforms.lakes import Lake


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A project with a dimension of which nothing is made yet."""
    return Kept(Lake(tmp_path / "p", {"customers": COLUMNS})).begin()


def row(id_: int | None, name: str | None, city: str | None, begins: int | None, ends: int | None = None) -> dict:
    return {"id": id_, "name": name, "city": city, "begins": day(begins), "ends": day(ends)}


HISTORY = [
    row(1, "Ada", "Rome", 2, 5),
    row(1, "Ada", "Oslo", 5),
    row(2, "Bob", None, 3, 6),
    row(2, "Bob", "Bonn", 9),
    row(3, "Cleo", "Kyiv", 4, 8),
]
VERSIONS = Counter(
    [
        version(1, "Ada", "Rome", 2, 5),
        version(1, "Ada", "Oslo", 5),
        version(2, "Bob", None, 3, 6),
        version(2, "Bob", "Bonn", 9),
        version(3, "Cleo", "Kyiv", 4, 8),
    ]
)


def test_a_table_made_by_hand_comes_back_as_it_was(kept: Kept) -> None:
    report = kept.adopted(kept.old(HISTORY))
    found = report.findings
    assert report.build.ending is Ending.PUBLISHED
    assert found is not None
    assert (found.rows, found.keys, found.upserts, found.deletes, found.fresh) == (5, 3, 5, 2, 7)
    assert [(f.fault, f.versions, f.keys) for f in found.found] == [(Fault.GAP, 1, ("(2)",))]
    kept.build()
    assert kept.versions() == VERSIONS


def test_snapshots_of_dbt_come_back_without_what_was_deleted(kept: Kept) -> None:
    told = {"dbt_scd_id": "x", "dbt_updated_at": day(1)}
    rows = [
        {"id": 1, "name": "Ada", "city": "Rome", "dbt_valid_from": day(2), "dbt_valid_to": day(5), "gone": "False"},
        {"id": 1, "name": "Ada", "city": "Rome", "dbt_valid_from": day(5), "dbt_valid_to": day(7), "gone": "True"},
        {"id": 1, "name": "Ada", "city": "Oslo", "dbt_valid_from": day(7), "dbt_valid_to": None, "gone": "False"},
        {"id": 2, "name": "Bob", "city": "Bonn", "dbt_valid_from": day(3), "dbt_valid_to": day(4), "gone": "False"},
        # Some versions of dbt tell a deletion again with every run.
        {"id": 2, "name": "Bob", "city": "Bonn", "dbt_valid_from": day(4), "dbt_valid_to": None, "gone": "True"},
        {"id": 2, "name": "Bob", "city": "Bonn", "dbt_valid_from": day(5), "dbt_valid_to": None, "gone": "True"},
    ]
    rows = [{**{"dbt_is_deleted" if k == "gone" else k: v for k, v in r.items()}, **told} for r in rows]
    report = kept.adopted(kept.old(rows), STYLES["dbt"])
    assert report.findings is not None
    assert report.findings.found == ()
    assert report.findings.left_out == ("dbt_scd_id", "dbt_updated_at")
    kept.build()
    assert kept.versions() == Counter(
        [version(1, "Ada", "Rome", 2, 5), version(1, "Ada", "Oslo", 7), version(2, "Bob", "Bonn", 3, 4)]
    )


def test_snapshots_of_dbt_may_have_a_value_for_no_end_and_no_deletions(kept: Kept) -> None:
    end = datetime(9999, 12, 31, tzinfo=UTC)
    rows = [{"id": 1, "name": "Ada", "city": "Rome", "dbt_valid_from": day(2), "dbt_valid_to": end}]
    source = kept.old(rows)
    asked = kept.adopt(source, STYLES["dbt"])
    assert stopped(asked, "adopt.faults", 3)
    assert asked.findings is not None
    assert [f.fault for f in asked.findings.found] == [Fault.FUTURE_END]
    kept.adopted(source, evolve(STYLES["dbt"], open_end="9999-12-31"))
    kept.build()
    assert kept.versions() == Counter([version(1, "Ada", "Rome", 2)])


def test_tables_of_auto_cdc_come_back_as_they_were(kept: Kept) -> None:
    rows = [{**{k: v for k, v in r.items() if k not in ("begins", "ends")}} for r in HISTORY]
    rows = [{**r, "__START_AT": h["begins"], "__END_AT": h["ends"]} for r, h in zip(rows, HISTORY, strict=True)]
    kept.adopted(kept.old(rows), STYLES["databricks"])
    kept.build()
    assert kept.versions() == VERSIONS


def test_columns_are_taken_by_name_whatever_their_case_and_those_that_lack_are_null(kept: Kept) -> None:
    rows = [{"ID": 1, "Name": "Ada", "Begins": day(2), "ENDS": None, "colour": "red", "at": day(1)}]
    report = kept.adopted(kept.old(rows))
    assert report.findings is not None
    assert report.findings.taken == (("id", "ID"), ("name", "Name"), ("at", "Begins"))
    assert report.findings.missing == ("city",)
    assert report.findings.left_out == ("colour", "at")
    kept.build()
    assert kept.versions() == Counter([version(1, "Ada", None, 2)])


def test_numbers_are_widened_and_dates_are_their_midnight(kept: Kept) -> None:
    rows = [{"id": 1, "name": "Ada", "city": "Rome", "begins": date(2024, 1, 2), "ends": None}]
    kept.adopted(kept.old(rows, id=pl.Int32, begins=pl.Date, ends=pl.Date))
    kept.build()
    assert kept.versions() == Counter([version(1, "Ada", "Rome", 2)])


def test_the_last_day_of_a_version_is_no_gap(kept: Kept) -> None:
    rows = [row(1, "Ada", "Rome", 2, 4), row(1, "Ada", "Oslo", 5, 8)]
    rows = [{**r, "begins": r["begins"].date(), "ends": r["ends"].date()} for r in rows]
    source = kept.old(rows)
    assert stopped(kept.adopt(source), "adopt.faults", 3)
    kept.adopted(source, evolve(OURS, inclusive=True))
    kept.build()
    assert kept.versions() == Counter([version(1, "Ada", "Rome", 2, 5), version(1, "Ada", "Oslo", 5, 9)])


def test_where_versions_meet_an_end_just_before_the_next_is_a_gap(kept: Kept) -> None:
    last = datetime(2024, 1, 7, 23, 59, 59, tzinfo=UTC)
    rows = [row(1, "Ada", "Rome", 2, 4), {**row(1, "Ada", "Oslo", 4), "ends": last}, row(1, "Ada", "Riga", 8)]
    report = kept.adopted(kept.old(rows))
    assert report.findings is not None
    assert [f.fault for f in report.findings.found] == [Fault.GAP]


FAULTY: list[tuple[list[dict[str, Any]], Fault, list[Any]]] = [
    ([row(1, "a", "x", 2, 6), row(1, "b", "x", 4)], Fault.OVERLAP, [(1, "a", "x", 2, 4), (1, "b", "x", 4)]),
    ([row(1, "a", "x", 2), row(1, "b", "x", 4)], Fault.SEVERAL_CURRENT, [(1, "a", "x", 2, 4), (1, "b", "x", 4)]),
    ([row(1, "a", "x", 6, 2), row(1, "b", "x", 4)], Fault.BACKWARD, [(1, "b", "x", 4)]),
    ([row(1, "a", "x", 2, 3), row(1, "b", "x", 2)], Fault.SAME_START, [(1, "b", "x", 2)]),
    ([row(None, "a", "x", 2, 3), row(1, "b", "x", 2)], Fault.NULL_KEY, [(1, "b", "x", 2)]),
    ([row(1, "a", "x", None, 3), row(1, "b", "x", 2)], Fault.NULL_START, [(1, "b", "x", 2)]),
    (
        [{**row(1, "a", "x", 2, 3), "now": "Y"}, {**row(2, "b", "x", 2), "now": "Y"}],
        Fault.FLAG,
        [(1, "a", "x", 2, 3), (2, "b", "x", 2)],
    ),
]


@pytest.mark.parametrize(("rows", "fault", "made"), FAULTY, ids=[fault.value for _, fault, _ in FAULTY])
def test_what_is_ambiguous_is_refused_and_taken_by_the_rule_where_accepted(
    kept: Kept, rows: list[dict[str, Any]], fault: Fault, made: list[Any]
) -> None:
    told = evolve(OURS, is_current="now") if fault is Fault.FLAG else OURS
    source = kept.old(rows)
    refused = kept.adopt(source, told)
    assert stopped(refused, "adopt.faults", 3)
    assert refused.findings is not None
    assert fault in {f.fault for f in refused.findings.found}
    assert not kept.is_there(EVENTS)
    report = kept.adopted(source, told, accept=True)
    assert report.findings is not None
    quarantined = {"backward": 1, "same_start": 1, "null_key": 1, "null_start": 1}
    assert report.findings.quarantined == {k: n for k, n in quarantined.items() if k == fault.value}
    kept.build()
    assert kept.versions() == Counter(version(*v) for v in made)


def test_versions_that_count_for_nothing_are_kept_with_the_reason(kept: Kept) -> None:
    kept.adopted(kept.old([row(None, "a", "x", 2), row(1, "b", "x", 2, 2), row(1, "c", "x", 5, 3)]), accept=True)
    reasons = pl.read_delta(str(kept.lake.path(EVENTS))).select("name", "_reason", "_generation")
    assert sorted(reasons.iter_rows()) == [
        ("a", "null_key", 0),
        ("b", "empty_version", 0),
        ("c", "backward_version", 0),
    ]


def test_which_of_two_is_true_is_never_guessed(kept: Kept) -> None:
    source = kept.old([row(1, "a", "x", 2, 3), row(1, "b", "x", 2, 3)])
    assert stopped(kept.adopt(source, accept=True), "adopt.tied", 3)
    assert not kept.is_there(EVENTS)


def test_rows_that_are_told_twice_are_counted_and_left(kept: Kept) -> None:
    report = kept.adopted(kept.old([*HISTORY, HISTORY[0], HISTORY[0]]))
    assert report.findings is not None
    assert (report.findings.rows, report.findings.duplicates, report.findings.fresh) == (7, 2, 7)
    kept.build()
    assert kept.versions() == VERSIONS


def test_a_dry_run_finds_the_same_and_leaves_nothing(kept: Kept) -> None:
    source = kept.old(HISTORY)
    before = sorted(p for p in (kept.lake.root / "lake").rglob("*") if "_lakekit" not in p.parts)
    dry = kept.adopt(source, dry_run=True)
    assert dry.build.ending is Ending.NOT_RUN
    assert sorted(p for p in before if not p.exists()) == []
    assert not kept.is_there(EVENTS)
    assert list((kept.lake.root / "lake" / "landing").glob("*/*/*")) == []
    assert dry.findings == kept.adopted(source).findings


def test_what_was_adopted_is_not_adopted_again(kept: Kept) -> None:
    source = kept.old(HISTORY)
    kept.adopted(source)
    events, at = kept.events(), DeltaTable(kept.lake.path(EVENTS)).version()
    for path in (source, "gold.dim_old", str(kept.lake.path("gold.dim_old")), "lake://gold/dim_old"):
        again = kept.adopted(path)
        assert again.build.ending is Ending.NOTHING_NEW
        assert (again.findings and again.findings.fresh) == 0
    assert (kept.events(), DeltaTable(kept.lake.path(EVENTS)).version()) == (events, at)


def test_of_a_table_that_went_on_only_what_is_new_is_added(kept: Kept, tmp_path: Path) -> None:
    kept.adopted(kept.old(HISTORY))
    kept.build()
    write_table(
        tmp_path / "later", [*HISTORY[:1], row(1, "Ada", "Oslo", 5, 20), row(1, "Ada", "Riga", 20), *HISTORY[2:]]
    )
    report = kept.adopted(str(tmp_path / "later"))
    assert (report.findings and report.findings.fresh) == 1
    kept.build()
    changed = {version(1, "Ada", "Oslo", 5): 0, version(1, "Ada", "Oslo", 5, 20): 1, version(1, "Ada", "Riga", 20): 1}
    assert kept.versions() == +Counter({**VERSIONS, **changed})


def test_what_contradicts_an_adoption_before_is_refused(kept: Kept, tmp_path: Path) -> None:
    kept.adopted(kept.old(HISTORY))
    events = kept.events()
    write_table(tmp_path / "other", [row(1, "Eve", "Rome", 2, 5)])
    assert stopped(kept.adopt(str(tmp_path / "other")), "adopt.clash", 1)
    write_table(tmp_path / "back", [row(3, "Cleo", "Lviv", 8)])  # begins where the key was said to end
    assert stopped(kept.adopt(str(tmp_path / "back")), "adopt.clash", 1)
    assert kept.events() == events


def test_ties_are_not_broken_between_adoptions(tmp_path: Path) -> None:
    kept = Kept(Lake(tmp_path / "p", {"customers": COLUMNS})).begin(tie_break=["city"])
    kept.adopted(kept.old(HISTORY))
    write_table(tmp_path / "other", [row(1, "Ada", "Bern", 2, 5)])
    assert stopped(kept.adopt(str(tmp_path / "other")), "adopt.clash", 1)


def test_later_events_split_and_continue_the_history(kept: Kept) -> None:
    kept.adopted(kept.old(HISTORY))
    kept.build()
    kept.tells((1, "Ada", "Pisa", 3), (2, "Bob", "Lyon", 12), (3, "Cleo", "Kyiv", 10))
    kept.build()
    changed = {
        version(1, "Ada", "Rome", 2, 5): 0,
        version(1, "Ada", "Rome", 2, 3): 1,
        version(1, "Ada", "Pisa", 3, 5): 1,
        version(2, "Bob", "Bonn", 9): 0,
        version(2, "Bob", "Bonn", 9, 12): 1,
        version(2, "Bob", "Lyon", 12): 1,
        version(3, "Cleo", "Kyiv", 10): 1,
    }
    assert kept.versions() == +Counter({**VERSIONS, **changed})


def test_what_the_query_tells_of_a_moment_counts_for_more_than_what_was_adopted(kept: Kept) -> None:
    kept.tells((1, "Ada", "Bari", 5))
    kept.adopted(kept.old(HISTORY))
    kept.build()
    assert kept.versions() == +Counter({**VERSIONS, version(1, "Ada", "Oslo", 5): 0, version(1, "Ada", "Bari", 5): 1})


@pytest.mark.parametrize("incremental", [["bronze.customers"], []])
def test_it_does_not_matter_whether_history_is_adopted_before_or_after_builds(
    tmp_path: Path, incremental: list[str]
) -> None:
    made = []
    for order in ("before", "between", "after"):
        lake = Lake(tmp_path / order, {"customers": COLUMNS})
        kept = Kept(lake).begin(**({"incremental": incremental} if incremental else {}))
        source = kept.old(HISTORY)
        if order == "before":
            kept.adopted(source)
        kept.tells((1, "Ada", "Pisa", 3), (1, "Ada", "Bari", 5), (4, "Dan", "Graz", 3))
        kept.build()
        if order == "between":
            kept.adopted(source)
            assert kept.build()[EVENTS].ending is Ending.NOTHING_NEW  # builds go on from where they were
        kept.tells((3, "Cleo", "Lviv", 6), (2, "Bob", "Lyon", 12))
        report = kept.build()[EVENTS]
        assert report.books.added == 2
        if order == "after":
            kept.adopted(source)
            kept.build()
        made.append(kept.versions())
    assert made[0] == made[1] == made[2]


def test_snapshots_go_on_from_what_was_adopted_before_the_first(tmp_path: Path) -> None:
    lake = Lake(tmp_path, {"customers": COLUMNS})
    query = "SELECT id, name, city FROM bronze.customers"
    kept = Kept(lake).begin(query)
    lake.transform(MADE, query, materialization="scd2", keys=["id"], snapshot=True)
    kept.tells((1, "Ada", "Oslo", 1), (3, "Cleo", "Lviv", 1))
    kept.adopted(kept.old(HISTORY))
    kept.build()
    current = {(i, name, city) for i, name, city, *_, now in kept.versions() if now}
    assert current == {(1, "Ada", "Oslo"), (3, "Cleo", "Lviv")}
    assert version(1, "Ada", "Oslo", 5) in kept.versions()  # nothing new was said of it
    assert stopped(kept.adopt("gold.dim_old"), "adopt.too_late", 1)


def test_a_dimension_of_type_1_has_what_is_true_now_of_it(tmp_path: Path) -> None:
    kept = Kept(Lake(tmp_path, {"customers": COLUMNS})).begin(materialization="scd1")
    kept.adopted(kept.old(HISTORY))
    kept.tells((2, "Bob", "Lyon", 8))
    kept.build()
    rows = pl.read_delta(str(kept.lake.path(MADE))).select("id", "name", "city")
    assert sorted(rows.iter_rows()) == [(1, "Ada", "Oslo"), (2, "Bob", "Bonn")]


def test_where_events_are_kept_for_a_while_history_comes_before_that_is_fixed(tmp_path: Path) -> None:
    kept = Kept(Lake(tmp_path, {"customers": COLUMNS})).begin(keep_events="30d")
    source = kept.old(HISTORY)
    kept.adopted(source)
    kept.tells((1, "Ada", "Pisa", 3))
    kept.build()
    changed = {
        version(1, "Ada", "Rome", 2, 5): 0,
        version(1, "Ada", "Rome", 2, 3): 1,
        version(1, "Ada", "Pisa", 3, 5): 1,
    }
    assert kept.versions() == +Counter({**VERSIONS, **changed})
    assert stopped(kept.adopt(source), "adopt.too_late", 1)


def test_a_table_in_the_dimensions_place_gives_way_to_it(kept: Kept) -> None:
    source = kept.old(HISTORY, "gold/dim_customer")
    report = kept.adopted(source)
    assert report.in_place
    with kept.lake.transforms() as (transforms, run):
        assert {r.dataset: r.failure and r.failure.code for r in transforms.build(EVERYTHING, run)} == {
            EVENTS: None,
            MADE: "transform.foreign_table",
        }
    kept.build(refresh=True)
    assert kept.versions() == VERSIONS
    with pytest.raises(AssertionError, match=r"adopt\.own_table"):
        kept.adopted(source)


def test_events_that_lie_in_partitions_are_adopted_into_these(tmp_path: Path) -> None:
    kept = Kept(Lake(tmp_path, {"customers": COLUMNS})).begin(partition_by=["city"])
    kept.adopted(kept.old(HISTORY))
    kept.build()
    assert kept.versions() == VERSIONS


def test_the_commit_says_what_it_was_made_from_and_counts_on_from_the_builds(kept: Kept) -> None:
    source = kept.old([*HISTORY, row(9, "Ida", "Bern", 5, 4)])
    kept.build()
    kept.adopted(source, accept=True)
    table = DeltaTable(kept.lake.path(EVENTS))
    note = json.loads(table.history(1)[0]["userMetadata"])["lakekit.adoption"]
    assert (note["number"], note["events"], note["accepted"]) == (2, 8, ["backward"])
    assert (note["table_id"], note["version"]) == (str(DeltaTable(kept.lake.path("gold.dim_old")).metadata().id), 0)
    assert table.transaction_version(f"lakekit/{EVENTS}/transform") == 2
    assert kept.build()[EVENTS].ending is Ending.NOTHING_NEW


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Intervals("start", "ends"), "adopt.unknown_column"),
        (evolve(OURS, is_deleted="deleted"), "adopt.unknown_column"),
        (Intervals("name", "ends"), "adopt.column_type"),
        (evolve(OURS, is_current="begins"), "adopt.column_type"),
        (evolve(OURS, open_end="never"), "adopt.bad_open_end"),
    ],
)
def test_columns_that_do_not_fit_are_told_before_anything_is_read(kept: Kept, told: Intervals, code: str) -> None:
    assert stopped(kept.adopt(kept.old(HISTORY), told), code, 2)
    assert not kept.is_there(EVENTS)


def test_a_table_without_the_key_or_the_whole_sequence_is_refused(tmp_path: Path) -> None:
    query = "SELECT id, name, city, CAST(at AS TIMESTAMP) AS at, id AS step FROM bronze.customers"
    kept = Kept(Lake(tmp_path, {"customers": COLUMNS})).begin(query, sequence_by=["at", "step"])
    keyless = kept.old([{"name": "Ada", "step": 1, "begins": day(2), "ends": None}], "gold/keyless")
    assert stopped(kept.adopt(keyless), "adopt.missing_column", 2)
    assert stopped(kept.adopt(kept.old(HISTORY)), "adopt.missing_column", 2)
    kept.adopted(kept.old([{**told, "step": 7} for told in HISTORY], "gold/stepped"))
    kept.build()
    assert kept.versions() == VERSIONS


def test_a_table_that_is_not_there_is_told(kept: Kept) -> None:
    for path in ("gold.dim_older", "gold/dim_older", "/nowhere/at/all"):
        assert stopped(kept.adopt(path), "adopt.no_table", 2)


def test_what_is_no_dimension_keeps_no_events(kept: Kept) -> None:
    source = kept.old(HISTORY)
    kept.lake.transform(MADE, "SELECT id FROM bronze.customers")
    with pytest.raises(ConfigError, match=r"adopt\.no_dimension"):
        kept.adopt(source)


def test_personal_keys_are_never_shown(kept: Kept) -> None:
    columns = [{"name": n, "type": t} for n, t in {**COLUMNS, "at": "timestamp"}.items()]
    columns[0]["pii"] = "id"
    told = {"name": "dim_customer", "columns": columns}
    kept.lake.write("config/schema_definitions/dim_customer.schema.json", json.dumps(told))
    kept.lake.transform(MADE, QUERY, materialization="scd2", keys=["id"], sequence_by="at", contract="dim_customer")
    report = kept.adopt(kept.old([row(1, "a", "x", 2), row(1, "b", "x", 4)]))
    assert report.findings is not None
    assert all(key.startswith("(hmac:") for f in report.findings.found for key in f.keys)
    assert [len(f.keys) for f in report.findings.found] == [1, 1]


def test_a_lake_that_lost_its_state_adopts_nothing_twice(kept: Kept) -> None:
    source = kept.old(HISTORY)
    kept.adopted(source)
    shutil.rmtree(kept.lake.root / "lake" / "_lakekit")
    assert kept.adopted(source).build.ending is Ending.NOTHING_NEW
