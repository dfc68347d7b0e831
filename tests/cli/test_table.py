"""`lakekit table`: show, history, diff, restore."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from lakekit.domain.batch import Mode
from lakekit.domain.build import Pin, Scope
from lakekit.domain.planning import Cause, InputState, Movement, Reason
from lakekit.domain.report import BuildPlan, Failure, OptionsReport, TableDetail, TableVersion
from lakekit.domain.schema import ColumnChange, TableColumn
from lakekit.domain.table_options import PLAIN, Change, Definition
from lakekit.domain.upkeep import TableShape
from lakekit.domain.versions import (
    BatchRows,
    Difference,
    Files,
    Milestone,
    Onward,
    OnwardBuild,
    Restoring,
)
from lakekit.domain.watermark import Watermark

MARK = Watermark("timestamp", "2026-03-02T23:55:01.250000Z")
OURS = TableVersion(7, "2026-03-03T06:00:00.123000+00:00", "WRITE", 3, MARK, "0" * 32)
THEIRS = TableVersion(6, None, "a\x1b[31m", None)
DETAIL = TableDetail("bronze/orders", (TableColumn("id", "long"),), TableShape(7, (200_000_000, 1_500), 4), PLAIN)


def test_each_version_has_a_line(lakekit, fake) -> None:
    _, ours, theirs = lakekit("table", "history", "orders", app=fake(versions=(OURS, THEIRS))).out.splitlines()
    assert ours.split() == ["7", "2026-03-03T06:00:00Z", "write", "3", "2026-03-02T23:55:01.25Z"]
    assert theirs.split() == ["6", "-", "a\\x1b[31m", "-", "-"]


def test_a_table_is_summed_up_before_its_columns(lakekit, fake) -> None:
    summary, _, column = lakekit("table", "show", "orders", app=fake(detail=DETAIL)).out.splitlines()
    assert summary == "bronze/orders, version 7: 2 files, 200 MB, 1 of them small"
    assert column.split() == ["id", "long"]


def test_json_has_all_of_it(lakekit, fake) -> None:
    app = fake(detail=DETAIL, versions=(OURS,))
    told = json.loads(lakekit("table", "show", "orders", "--json", app=app).out)
    assert (told["version"], told["files"], told["bytes"], told["small_files"]) == (7, 2, 200_001_500, 1)
    (version,) = json.loads(lakekit("table", "history", "orders", "--json", app=app).out)["versions"]
    assert (version["batch"], version["watermark"]["value"]) == (3, MARK.value)


def test_the_quarantine_and_a_limit_are_handed_on(lakekit, fake) -> None:
    app = fake(versions=(OURS,))
    lakekit("table", "history", "orders", "--quarantine", "--limit", "5", app=app)
    assert app.asked[-1] == ("history", "orders", 5, True)


CHANGED = OptionsReport(
    "bronze.orders",
    "bronze/orders",
    7,
    (Change("delta.enableChangeDataFeed", None, "true"), Change("lakekit_id_required", "NOT (`id` IS NULL)", None)),
    applied=False,
)
ABSENT = OptionsReport("bronze.customers", "bronze/customers", None, (), applied=False)


def test_differences_are_told_line_by_line_and_how_to_apply_them(lakekit, fake) -> None:
    app = fake(differences=(CHANGED, ABSENT))
    absent, titles, feed, rule, _, how = lakekit("table", "options", app=app).out.splitlines()
    assert absent.startswith("bronze/customers is not there yet")
    assert titles.split("  ")[-1].strip() == "would be"
    assert feed.split() == ["bronze/orders", "delta.enableChangeDataFeed", "-", "true"]
    assert rule.split("  ")[-1].strip() == "-"
    assert "--apply" in how
    assert app.asked[-1] == ("options", (), False)


def test_what_was_applied_is_told_as_done(lakekit, fake) -> None:
    app = fake(differences=(evolve(CHANGED, applied=True),))
    told = lakekit("table", "options", "orders", "--apply", app=app).out
    assert app.asked[-1] == ("options", ("orders",), True)
    assert "is now" in told
    assert "nothing" not in told


def test_no_difference_is_said(lakekit, fake) -> None:
    told = lakekit("table", "options", app=fake(differences=(evolve(CHANGED, changes=()),))).out
    assert told == "every table is as the settings say\n"


def test_differences_as_json(lakekit, fake) -> None:
    (table,) = json.loads(lakekit("table", "options", "--json", app=fake(differences=(CHANGED,))).out)["tables"]
    assert (table["version"], table["applied"]) == (7, False)
    assert table["changes"][0] == {"what": "delta.enableChangeDataFeed", "old": None, "new": "true"}


def test_a_table_shows_its_definition(lakekit, fake) -> None:
    definition = Definition(("day",), {"lakekit_id_required": "NOT (`id` IS NULL)"}, {"delta.appendOnly": "true"})
    lines = lakekit("table", "show", "orders", app=fake(detail=evolve(DETAIL, definition=definition))).out.splitlines()
    assert lines[3:] == [
        "partitioned by day",
        "constraint lakekit_id_required: NOT (`id` IS NULL)",
        "delta.appendOnly = true",
    ]


CHANGES = (ColumnChange("note\x1b[31m", None, "string"),)
DIFFERENCE = Difference(
    "bronze/orders", 3, 7, CHANGES, Files(2, 2_000, None), Files(1, 1_500, 1_200), (BatchRows(4, 1_200, 0),)
)
RESTORING = Restoring(
    dataset="bronze.orders",
    table="bronze/orders",
    now=Milestone(7, 4, MARK),
    then=Milestone(3),
    gone=Files(2, 2_000, 30),
    back=Files(0, 0, 0),
    columns=CHANGES,
    onward=Onward(Mode.CURSOR, True, MARK),
    made=8,
)


def test_a_difference_has_a_line_per_batch(lakekit, fake) -> None:
    app = fake(difference=DIFFERENCE)
    lines = lakekit("table", "diff", "orders", "3", app=app).out.splitlines()
    assert lines[0] == "bronze/orders, version 3 to 7: 1,200 rows added, 0 removed"
    assert lines[1] == "  1 file with 1,200 rows (1.5 kB) came, 2 files (2.0 kB) went"
    assert lines[2] == "  column note\\x1b[31m: not there -> string"
    assert lines[-1].split() == ["4", "1,200", "0"]
    assert app.asked[-1] == ("diff", "orders", 3, None, False)
    told = json.loads(lakekit("table", "diff", "orders", "3", "7", "--json", app=app).out)
    assert (told["rows_added"], told["rows_removed"], told["files_removed"]["rows"]) == (1200, 0, None)
    assert told["batches"] == [{"batch": 4, "added": 1200, "removed": 0}]


def test_a_restore_says_what_it_does_before_and_what_it_did_after(lakekit, fake) -> None:
    app = fake(restoring=RESTORING)
    ended = lakekit("table", "restore", "orders", "3", app=app)
    head, files, _, onward = ended.err.splitlines()
    assert head == (
        "putting bronze/orders back from version 7 (batch 4, read up to 2026-03-02T23:55:01.25Z) to version 3:"
    )
    assert files == "  leaves the table: 2 files with 30 rows (2.0 kB); comes back: no file"
    assert "reads again from 2026-03-02T23:55:01.25Z" in onward
    assert ended.out == "bronze/orders: version 8 has what version 3 had\n"
    assert app.asked[-1] == ("restore", "orders", 3, False, False)


def test_a_restore_that_is_only_shown_says_so(lakekit, fake) -> None:
    app = fake(restoring=RESTORING)
    ended = lakekit("table", "restore", "orders", "3", "--dry-run", "--quarantine", app=app)
    assert ended.err.startswith("would put")
    assert ended.out == "bronze/orders stays at version 7\n"
    assert app.asked[-1] == ("restore", "orders", 3, True, True)


def test_a_restore_in_json(lakekit, fake) -> None:
    told = json.loads(lakekit("table", "restore", "orders", "3", "--json", app=fake(restoring=RESTORING)).out)
    assert (told["from"]["batch"], told["to"], told["made"]) == (
        4,
        {"version": 3, "batch": None, "build": None, "watermark": None},
        8,
    )
    assert told["next_ingest"]["again"] is True


def of_build(plan: BuildPlan, **more: object) -> Restoring:
    """A transform's table on its way from build 4 back to build 2."""
    onward = OnwardBuild(plan, (Pin("bronze.orders", "i", 5),), readers=("gold.days", "gold.sums"), **more)
    return evolve(
        RESTORING,
        dataset="silver.t",
        table="silver/t",
        now=Milestone(9, build=4),
        then=Milestone(5, build=2),
        columns=(),
        onward=onward,
    )


NEWS = (Reason(Cause.INPUT, "bronze.orders"),)
AGAIN = BuildPlan(
    "silver.t",
    Scope.NEW_ROWS,
    reasons=NEWS,
    inputs=(
        InputState(Pin("bronze.orders", "i", 7), Movement.ADDED, 2, 1_300, 2_000),
        InputState(Pin("bronze.people", "j", 3), Movement.NONE),
    ),
)


def test_a_restore_of_a_transform_says_what_the_next_build_does(lakekit, fake) -> None:
    app = fake(restoring=of_build(AGAIN))
    head, _, *onward = lakekit("table", "restore", "silver.t", "5", app=app).err.splitlines()
    assert head == "putting silver/t back from version 9 (build 4) to version 5 (build 2):"
    told, follows = onward
    assert told.startswith("  then `lakekit transform silver.t` reads again what came since build 2: bronze.orders ")
    assert told.endswith("after version 5, 2 files with 1,300 rows")
    assert follows == "  what is made from it follows: gold.days, gold.sums"


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (BuildPlan("silver.t"), "has nothing to do"),
        (
            BuildPlan("silver.t", Scope.FULL, rebuild=True, reasons=(Reason(Cause.CODE), Reason(Cause.CONTRACT))),
            "makes all of it anew, because its code changed, its contract changed",
        ),
        (BuildPlan("silver.t", Scope.FULL, reasons=NEWS), "reads its inputs in full, because new in bronze.orders"),
        (
            BuildPlan("silver.t", reasons=NEWS, failure=Failure("a.b", ("a.b: no table", "  next: x"), 2)),
            "fails: a.b: no table",
        ),
    ],
)
def test_what_the_next_build_does_is_told_as_its_plan_would(lakekit, fake, plan: BuildPlan, told: str) -> None:
    lines = lakekit("table", "restore", "silver.t", "5", app=fake(restoring=of_build(plan))).err.splitlines()
    assert lines[2].startswith(f"  then `lakekit transform silver.t` {told}")


def test_what_no_build_makes_again_is_told_before_it_goes(lakekit, fake) -> None:
    plan = evolve(AGAIN, instead="rows of bronze.orders were changed")
    app = fake(restoring=of_build(plan, forgets=True, adopted=3, events="gold.dim_events"))
    lines = lakekit("table", "restore", "silver.t", "5", "--dry-run", app=app).err.splitlines()
    assert lines[3:-1] == [
        "  not by increments: rows of bronze.orders were changed",
        "  of what leaves the table, what its inputs no longer tell is not made again",
        "  3 events that were adopted go: `lakekit adopt` adds them again",
        "  its events stay, and make it what it is: to take events back, restore gold.dim_events",
    ]
    back = evolve(of_build(AGAIN, forgets=True), gone=Files(0, 0, 0))
    assert "no longer tell" not in lakekit("table", "restore", "silver.t", "5", app=fake(restoring=back)).err


def test_a_restore_of_a_transform_in_json(lakekit, fake) -> None:
    app = fake(restoring=of_build(AGAIN, adopted=3))
    told = json.loads(lakekit("table", "restore", "silver.t", "5", "--json", app=app).out)
    assert (told["from"]["build"], told["to"]["build"], told["next_ingest"]) == (4, 2, None)
    coming = told["next_build"]
    assert (coming["scope"], coming["since"]) == ("new_rows", {"bronze.orders": 5})
    assert [(i["dataset"], i["rows"]) for i in coming["inputs"]] == [("bronze.orders", 1300), ("bronze.people", None)]
    assert (coming["forgets"], coming["adopted_events_gone"]) == (False, 3)
    assert coming["read_by"] == ["gold.days", "gold.sums"]


def test_a_version_is_a_number(lakekit, fake) -> None:
    for wrong in ("-1", "newest"):
        assert lakekit("table", "restore", "orders", wrong, app=fake()).code == 2
