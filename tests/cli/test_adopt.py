"""`lakekit adopt`."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from lakekit.domain.adoption import STYLES, AdoptionReport, Fault, Findings, Found, Intervals
from lakekit.domain.build import Books
from lakekit.domain.report import BuildReport, Ending, Failure

FOUND = Findings(
    "gold/dim_old",
    3,
    1_250,
    800,
    (Found(Fault.GAP, 3, ("(1)", "(\x1b)")), Found(Fault.OVERLAP, 1, ("(2)",))),
    (("id", "id"), ("at", "dbt_valid_from")),
    ("dbt_scd_id",),
    ("city",),
    upserts=1_240,
    deletes=14,
    quarantined={"null_key": 10},
    fresh=1_264,
)
BUILD = BuildReport(
    "gold.dim_events", Ending.PUBLISHED, number=1, books=Books(1_250, 1_264), table_version=1, seconds=1.5
)
REPORT = AdoptionReport("gold.dim", BUILD, FOUND)
FAILURE = Failure("adopt.faults", ("adopt.faults: it cannot be told", "  why: overlap (1)"), 3)
REFUSED = evolve(REPORT, build=BuildReport("gold.dim_events", Ending.FAILED, failure=FAILURE))

DBT = ("adopt", "gold.dim", "--from", "gold/dim_old", "--style", "dbt")


def test_what_was_found_comes_before_what_was_done(lakekit, fake) -> None:
    told = lakekit(*DBT, app=fake(adoption=REPORT))
    first, taken, left, missing, _, gap, overlap, done, after = told.out.splitlines()
    assert told.code == 0
    assert first == "gold/dim_old, version 3: 1,250 rows of 800 keys"
    assert taken.strip() == "taken: at from dbt_valid_from"
    assert (left.strip(), missing.strip()) == ("left out: dbt_scd_id", "not there, NULL: city")
    assert gap.split()[:2] == ["gap", "3"]
    assert gap.endswith("(1) (\\x1b)")
    assert overlap.split()[:3] == ["overlap", "1", "fault"]
    assert done.startswith("added 1,240 upserts, 14 deletes, 10 that count for nothing; 1,264 of these are new")
    assert after.startswith("next: lakekit transform gold.dim  #")


def test_a_table_in_the_dimensions_place_is_followed_by_a_full_refresh(lakekit, fake) -> None:
    told = lakekit(*DBT, app=fake(adoption=evolve(REPORT, in_place=True)))
    assert "next: lakekit transform gold.dim --full-refresh" in told.out


def test_what_is_refused_is_told_after_what_was_found(lakekit, fake) -> None:
    told = lakekit(*DBT, app=fake(adoption=REFUSED))
    assert told.code == 3
    assert "overlap" in told.out
    assert "added" not in told.out
    assert told.err.splitlines() == list(FAILURE.lines)


@pytest.mark.parametrize(("ending", "begins"), [(Ending.NOT_RUN, "would add"), (Ending.NOTHING_NEW, "nothing new")])
def test_what_adds_nothing_says_so(lakekit, fake, ending: Ending, begins: str) -> None:
    report = evolve(REPORT, build=evolve(BUILD, ending=ending))
    more = ("--dry-run",) if ending is Ending.NOT_RUN else ()
    told = lakekit(*DBT, *more, app=fake(adoption=report))
    assert told.out.splitlines()[-1].startswith(begins)


def test_what_was_not_looked_at_has_no_findings(lakekit, fake) -> None:
    told = lakekit(*DBT, app=fake(adoption=evolve(REFUSED, findings=None)))
    assert (told.code, told.out) == (3, "")


def test_json_has_all_of_it(lakekit, fake) -> None:
    told = json.loads(lakekit(*DBT, "--json", app=fake(adoption=REPORT)).out)
    assert (told["dataset"], told["events"], told["ending"], told["added"]) == (
        "gold.dim",
        "gold.dim_events",
        "published",
        1_264,
    )
    found = told["found"]
    assert (found["rows"], found["keys"], found["columns"]) == (1_250, 800, {"id": "id", "at": "dbt_valid_from"})
    assert found["faults"][1] == {"kind": "overlap", "weight": "fault", "versions": 1, "keys": ["(2)"]}
    assert found["events"] == {"upserts": 1_240, "deletes": 14, "quarantined": {"null_key": 10}, "fresh": 1_264}
    refused = lakekit(*DBT, "--json", app=fake(adoption=REFUSED))
    assert json.loads(refused.out)["failure"] == {"code": "adopt.faults", "lines": list(FAILURE.lines)}
    assert (refused.code, json.loads(refused.out)["exit_code"]) == (3, 3)


@pytest.mark.parametrize(
    ("options", "intervals"),
    [
        (("--style", "dbt"), STYLES["dbt"]),
        (("--style", "databricks"), STYLES["databricks"]),
        (
            ("--style", "dbt", "--valid-from", "since", "--is-deleted", "gone"),
            Intervals("since", "dbt_valid_to", is_deleted="gone"),
        ),
        (
            ("--valid-from", "a", "--valid-to", "b", "--is-current", "c", "--open-end", "9", "--inclusive-end"),
            Intervals("a", "b", "c", open_end="9", inclusive=True),
        ),
    ],
)
def test_columns_are_those_of_a_style_or_as_they_are_named(lakekit, fake, options, intervals: Intervals) -> None:
    app = fake(adoption=REPORT)
    lakekit("adopt", "gold.dim", "--from", "old", *options, "--accept-faults", app=app)
    _, name, source, told, accept, dry_run = app.asked[-1]
    assert (name, source, accept, dry_run) == ("gold.dim", "old", True, False)
    assert evolve(told, may_lack=frozenset()) == evolve(intervals, may_lack=frozenset())
    assert "gone" not in told.may_lack


def test_without_a_style_both_ends_of_a_version_are_named(lakekit, fake) -> None:
    told = lakekit("adopt", "gold.dim", "--from", "old", "--valid-from", "a", app=fake(adoption=REPORT))
    assert told.code == 2
    assert "--valid-to" in told.err
