"""A transform's table that `lakekit table restore` puts back: what it has then, what is told to come next, and that the
next run makes of it what a rebuild makes. Read back without lakekit."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from deltalake import DeltaTable, write_deltalake

from lakekit.app.leases import lease
from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.build import Scope
from lakekit.domain.errors import LakekitError, TableError
from lakekit.domain.planning import Cause
from lakekit.domain.report import BuildPlan, Ending
from lakekit.domain.upkeep import Wishes
from lakekit.domain.versions import OnwardBuild, Restoring
from lakekit.project.selection import Selection
from tests.integration.transforms.lakes import Lake, multiset, read

COLUMNS = {"a": {"k": "long", "g": "string", "v": "long"}}
APPEND = {"materialization": "append", "incremental": ["bronze.a"]}
BY_K = {"materialization": "merge", "keys": ["k"], "incremental": ["bronze.a"], "affected_by": ["k"]}
BY_G = {"materialization": "partition", "partition_by": ["g"], "incremental": ["bronze.a"], "affected_by": ["g"]}
SUMS = "SELECT k, count(*) AS n, sum(v) AS v FROM bronze.a GROUP BY k"
GROUPS = "SELECT g, max(v) AS v FROM bronze.a GROUP BY g"
KINDS = {
    "replace": (SUMS, {}),
    "append": ("SELECT k, g, v FROM bronze.a WHERE v > 0", APPEND),
    "merge": (SUMS, BY_K),
    "partition": (GROUPS, BY_G),
}


def grown(root: Path, query: str, **options: object) -> Lake:
    """A table of four builds: rows came, came for keys that were there, went, and came again."""
    lake = Lake(root, COLUMNS)
    lake.begin()
    lake.append("a", [(1, "x", 1), (2, "y", 2), (2, "y", 0)])
    lake.transform("silver.t", query, **options)
    lake.build()
    lake.append("a", [(3, "z", 3), (1, "x", 4)])
    lake.build()
    if options.get("materialization") != "append":
        lake.table("bronze.a").delete("k = 2")
        lake.build()
    lake.append("a", [(2, "x", 5)])
    lake.build()
    return lake


def versions(lake: Lake, name: str = "silver.t") -> range:
    return range(lake.table(name).version() + 1)


def at(lake: Lake, version: int, name: str = "silver.t") -> Counter[tuple[Any, ...]]:
    return read(DeltaTable(lake.path(name), version=version))


def by_rebuild(lake: Lake, folder: Path, name: str = "silver.t") -> Counter[tuple[Any, ...]]:
    copy = lake.copied(folder, "silver", "gold")
    assert all(report.ending is Ending.PUBLISHED for report in copy.build().values())
    return copy.rows(name)


def onward(told: Restoring) -> OnwardBuild:
    assert isinstance(told.onward, OnwardBuild)
    return told.onward


def as_planned(plan: BuildPlan) -> BuildPlan:
    """All of a plan but of which version of the table it is."""
    return evolve(plan, table_version=None)


@pytest.mark.parametrize("kind", KINDS)
def test_put_back_to_any_version_it_has_what_that_had_and_the_next_run_makes_what_a_rebuild_makes(
    kind: str, tmp_path: Path
) -> None:
    query, options = KINDS[kind]
    start = grown(tmp_path / "lake", query, **options)
    start.append("a", [(4, "y", 7)])
    expected = by_rebuild(start, tmp_path / "rebuilt")
    for version in versions(start)[:-1]:
        lake = start.copied(tmp_path / str(version))
        shown = lake.restore("silver.t", version, dry_run=True)
        assert lake.table("silver.t").version() == start.table("silver.t").version()
        told = lake.restore("silver.t", version)
        assert told == evolve(shown, made=start.table("silver.t").version() + 1)
        assert lake.rows("silver.t") == at(start, version)
        assert as_planned(onward(told).plan) == as_planned(lake.plan()["silver.t"])
        report = lake.build()["silver.t"]
        assert (report.scope, report.reasons) == (onward(told).plan.scope, onward(told).plan.reasons)
        assert lake.rows("silver.t") == expected
        assert lake.build()["silver.t"].ending is Ending.NOTHING_NEW


def test_an_increment_reads_again_exactly_what_came_since_the_build_that_came_back(tmp_path: Path) -> None:
    lake = grown(tmp_path, *(KINDS["append"][:1]), **APPEND)
    assert [build["number"] for build in notes(lake)] == [1, 2, 3]
    told = lake.restore("silver.t", version_of(lake, 1))
    assert (told.now.build, told.then.build) == (3, 1)
    assert [(f.count, f.rows) for f in (told.gone, told.back)] == [(2, 3), (0, 0)]
    (state,) = onward(told).plan.inputs
    assert not onward(told).forgets
    assert (onward(told).plan.scope, state.files, state.rows) == (Scope.NEW_ROWS, 2, 3)
    assert [pin.version for pin in onward(told).since] == [0]
    report = lake.build()["silver.t"]
    assert (report.number, report.books.made, report.books.added, report.books.removed) == (4, 3, 3, 0)
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("y", 2, 2), ("z", 3, 3), ("x", 1, 4), ("x", 2, 5)])


def notes(lake: Lake, name: str = "silver.t") -> list[dict[str, Any]]:
    told = [json.loads(commit.get("userMetadata") or "{}") for commit in lake.table(name).history()]
    return [note["lakekit.build"] for note in reversed(told) if "lakekit.build" in note]


def version_of(lake: Lake, build: int, name: str = "silver.t") -> int:
    """The version that a build made."""
    with application(lake.root, None, Silent()) as app:
        found = app.table_history(name, 100, quarantine=False)
    return next(v.version for v in found if v.batch == build and v.operation == "WRITE")


def test_back_and_forth_costs_no_build(tmp_path: Path) -> None:
    lake = grown(tmp_path, SUMS, **BY_K)
    rows, newest = lake.rows("silver.t"), lake.table("silver.t").version()
    lake.restore("silver.t", version_of(lake, 2))
    assert not onward(lake.restore("silver.t", newest)).plan.builds
    assert lake.build()["silver.t"].ending is Ending.NOTHING_NEW
    assert lake.rows("silver.t") == rows


def test_a_restore_that_is_repeated_makes_no_version(tmp_path: Path) -> None:
    lake = grown(tmp_path, SUMS, **BY_K)
    version = version_of(lake, 2)
    made = lake.restore("silver.t", version).made
    again = lake.restore("silver.t", version)
    assert (again.nothing, again.made, lake.table("silver.t").version()) == (True, None, made)


def test_restored_twice_with_builds_between_it_comes_to_a_rebuilds_rows(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", SUMS, **BY_K)
    first, second = version_of(lake, 1), version_of(lake, 2)
    lake.restore("silver.t", second)
    lake.append("a", [(9, "x", 9)])
    assert lake.build()["silver.t"].number == 5
    between = lake.table("silver.t").version()
    lake.restore("silver.t", first)
    lake.append("a", [(9, "x", 1)])
    assert lake.restore("silver.t", between).then.build == 5
    assert [(r.number, r.scope) for r in lake.build().values()] == [(6, Scope.KEYS)]
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_what_is_made_from_it_follows_and_what_its_plan_says_is_what_becomes_of_it(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", SUMS, **BY_K)
    of_t = {"incremental": ["silver.t"], "affected_by": ["k"]}
    lake.transform("gold.keys", "SELECT k, v * 2 AS v FROM silver.t", materialization="merge", keys=["k"], **of_t)
    lake.transform("gold.rows", "SELECT k, n FROM silver.t", materialization="append", incremental=["silver.t"])
    lake.transform("gold.all", "SELECT sum(v) AS v FROM silver.t")
    lake.build()
    told = lake.restore("silver.t", version_of(lake, 2))
    assert onward(told).readers == ("gold.all", "gold.keys", "gold.rows")
    with lake.transforms() as (transforms, run):
        reports = {r.dataset: r for r in transforms.build(Selection(("gold.*",)), run)}
    assert {name: r.scope for name, r in reports.items()} == {
        "gold.all": Scope.FULL,
        "gold.keys": Scope.KEYS,
        "gold.rows": Scope.FULL,
    }
    assert reports["gold.rows"].instead.startswith("rows of silver.t were changed or removed")
    assert lake.rows("gold.keys") == multiset([(k, v * 2) for k, _, v in lake.rows("silver.t").elements()])
    assert lake.rows("gold.rows") == multiset([(k, n) for k, n, _ in lake.rows("silver.t").elements()])
    assert lake.rows("gold.all") == multiset([(sum(v for _, _, v in lake.rows("silver.t").elements()),)])
    lake.build()
    for name in ("silver.t", "gold.keys", "gold.rows", "gold.all"):
        assert lake.rows(name) == by_rebuild(lake, tmp_path / name, name), name


def test_rows_of_others_that_come_back_are_noticed(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", "SELECT k, g, v FROM bronze.a", **APPEND)
    write_deltalake(lake.path("silver.t"), pl.DataFrame({"k": [7], "g": ["?"], "v": [7]}), mode="append")
    foreign = lake.table("silver.t").version()
    lake.build()
    assert (7, "?", 7) not in {(k, g, v) for g, k, v in lake.rows("silver.t")}
    told = lake.restore("silver.t", foreign)
    assert [reason.cause for reason in onward(told).plan.reasons] == [Cause.FOREIGN]
    assert [reason.cause for reason in lake.build()["silver.t"].reasons] == [Cause.FOREIGN]
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_what_others_did_is_taken_back_without_a_rebuild(tmp_path: Path) -> None:
    lake = grown(tmp_path, "SELECT k, g, v FROM bronze.a", **APPEND)
    rows, version = lake.rows("silver.t"), lake.table("silver.t").version()
    lake.table("silver.t").delete("k = 1")
    assert not onward(lake.restore("silver.t", version)).plan.builds
    assert lake.build()["silver.t"].ending is Ending.NOTHING_NEW
    assert lake.rows("silver.t") == rows


def test_a_table_of_others_goes_back_too_and_what_builds_make_of_it_is_told(tmp_path: Path) -> None:
    lake = Lake(tmp_path, COLUMNS)
    lake.begin()
    lake.append("a", [(1, "x", 1)])
    for k in (7, 8):
        write_deltalake(lake.path("silver.t"), pl.DataFrame({"k": [k]}), mode="append")
    lake.transform("silver.t", "SELECT k FROM bronze.a")
    failure = onward(lake.restore("silver.t", 0)).plan.failure
    assert failure is not None
    assert failure.code == "transform.foreign_table"
    assert lake.rows("silver.t") == multiset([(7,)])
    lake.build(refresh=True)
    told = lake.restore("silver.t", 1)  # by now these rows were replaced once, because somebody asked for that
    assert [reason.cause for reason in onward(told).plan.reasons] == [Cause.NEVER_BUILT]
    assert as_planned(onward(told).plan) == as_planned(lake.plan()["silver.t"])
    lake.build()
    assert lake.rows("silver.t") == multiset([(1,)])


def cleaned(lake: Lake, name: str = "silver.t") -> None:
    """The log has its newest commit alone, as after a clean-up a month later."""
    table = lake.table(name)
    table.create_checkpoint()
    for file in (lake.path(name) / "_delta_log").glob("*.json"):
        if int(file.stem) < table.version():
            file.unlink()


def test_the_commit_that_goes_back_says_which_build_it_holds_when_the_log_no_longer_does(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", "SELECT k, g, v FROM bronze.a WHERE v > 0", **APPEND)
    lake.restore("silver.t", version_of(lake, 1))
    cleaned(lake)
    report = lake.build()["silver.t"]
    assert (report.scope, report.number) == (Scope.NEW_ROWS, 4)
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_upkeep_after_a_restore_keeps_what_it_holds(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", "SELECT k, g, v FROM bronze.a WHERE v > 0", **APPEND)
    lake.restore("silver.t", version_of(lake, 2))
    with application(lake.root, None, Silent()) as app:
        app.optimize(Selection(("silver.t",)), Wishes(vacuum=True), lambda *_: None, dry_run=False)
    assert lake.build()["silver.t"].scope is Scope.NEW_ROWS
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_rows_that_a_merge_keeps_of_what_its_input_once_was_are_told_before_they_go(tmp_path: Path) -> None:
    lake = Lake(tmp_path, COLUMNS)
    lake.begin()
    lake.append("a", [(1, "x", 1)])
    lake.transform("silver.t", "SELECT k, g, v FROM bronze.a", materialization="merge", keys=["k"])
    for k in (2, 3):
        lake.build()
        write_deltalake(lake.path("bronze.a"), pl.DataFrame({"k": [k], "g": ["x"], "v": [k]}), mode="overwrite")
    lake.build()
    told = lake.restore("silver.t", version_of(lake, 1))
    assert onward(told).forgets
    lake.build()
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("x", 3, 3)])


def test_columns_of_then_come_back_and_what_the_query_makes_now_is_added_again(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", "SELECT k, g FROM bronze.a", **APPEND)
    lake.transform("silver.t", "SELECT k, g, v FROM bronze.a", **APPEND)
    lake.build()
    told = lake.restore("silver.t", version_of(lake, 2))
    assert [(c.name, c.before, c.after) for c in told.columns] == [("v", "long", None)]
    assert [reason.cause for reason in onward(told).plan.reasons] == [Cause.CODE]
    assert onward(told).plan.rebuild
    lake.build()
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_a_column_that_comes_back_and_is_no_longer_made_stops_the_next_build_until_it_may_go(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", "SELECT k, g, v FROM bronze.a", **APPEND)
    lake.transform("silver.t", "SELECT k, g FROM bronze.a", **APPEND)
    lake.build(refresh=True)
    onward = lake.restore("silver.t", version_of(lake, 2)).onward
    assert isinstance(onward, OnwardBuild)
    failure = lake.build()["silver.t"].failure
    assert failure is not None
    assert failure.code == "transform.column_changed"
    assert onward.plan.failure == failure, "told before the table was put back"
    assert lake.build(refresh=True)["silver.t"].ending is Ending.PUBLISHED
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_files_that_an_input_no_longer_has_are_told_before_anything_moves(tmp_path: Path) -> None:
    lake = grown(tmp_path / "lake", "SELECT k, g, v FROM bronze.a", **APPEND)
    lake.table("bronze.a").optimize.compact()
    lake.table("bronze.a").vacuum(0, dry_run=False, enforce_retention_duration=False)
    told = lake.restore("silver.t", version_of(lake, 1), dry_run=True)
    assert (
        onward(told).plan.instead
        == "files of bronze.a that were added or removed since the last build have been vacuumed"
    )
    assert onward(told).plan.rebuild
    lake.restore("silver.t", version_of(lake, 1))
    lake.build()
    assert lake.rows("silver.t") == by_rebuild(lake, tmp_path / "rebuilt")


def test_a_build_that_will_fail_is_told_and_hinders_no_restore(tmp_path: Path) -> None:
    lake = grown(tmp_path, "SELECT k, g, v FROM bronze.a", **APPEND)
    version, rows = version_of(lake, 2), at(lake, version_of(lake, 2))
    lake.path("bronze.a").rename(tmp_path / "elsewhere")
    told = lake.restore("silver.t", version)
    failure = onward(told).plan.failure
    assert failure is not None
    assert failure.code == "transform.input_missing"
    assert lake.rows("silver.t") == rows


def code_of(lake: Lake, name: str, version: int) -> str:
    """The code of a refusal, after which the table is as it was."""
    before = lake.table(name).version()
    with pytest.raises(LakekitError) as caught:
        lake.restore(name, version)
    assert caught.value.next
    assert lake.table(name).version() == before
    return caught.value.code


def test_versions_that_are_not_there_or_lack_files_are_refused(tmp_path: Path) -> None:
    lake = grown(tmp_path, SUMS, **BY_K)
    assert code_of(lake, "silver.t", 99) == "table.no_version"
    lake.table("silver.t").vacuum(0, dry_run=False, enforce_retention_duration=False)
    assert code_of(lake, "silver.t", version_of(lake, 1)) == "table.files_vacuumed"


def test_a_version_of_a_table_that_was_replaced_is_refused(tmp_path: Path) -> None:
    lake = grown(tmp_path, SUMS, **BY_K)
    DeltaTable.create(str(lake.path("silver.t")), lake.table("silver.t").schema(), mode="overwrite")
    assert code_of(lake, "silver.t", 1) == "table.other_table"


def test_while_a_build_holds_the_lease_nothing_is_put_back(tmp_path: Path) -> None:
    lake = grown(tmp_path, SUMS, **BY_K)
    with application(lake.root, None, Silent()) as app, lease(app.tools, "silver.t/transform"):
        assert code_of(lake, "silver.t", 1) == "lease.held"


def test_versions_of_a_transforms_table_are_told_and_compared(tmp_path: Path) -> None:
    lake = grown(tmp_path, GROUPS, **BY_G)
    lake.restore("silver.t", version_of(lake, 1))
    with application(lake.root, None, Silent()) as app:
        detail = app.table("silver.t", quarantine=False)
        history = app.table_history("t", 2, quarantine=False)
        difference = app.table_diff("silver.t", version_of(lake, 2), None, quarantine=False)
    assert (detail.table, [c.name for c in detail.columns]) == ("silver/t", ["g", "v"])
    assert [(v.operation, v.batch) for v in history] == [("RESTORE", 1), ("WRITE", 4)]
    assert (difference.added, difference.removed) == (1, 2)


def test_what_a_transform_has_not_or_not_yet_is_refused_with_what_to_do(tmp_path: Path) -> None:
    lake = Lake(tmp_path, COLUMNS)
    lake.begin()
    lake.transform("silver.t", SUMS)
    with application(lake.root, None, Silent()) as app:
        asked = {
            "show": lambda: app.table("silver.t", quarantine=False),
            "history": lambda: app.table_history("silver.t", 5, quarantine=False),
            "diff": lambda: app.table_diff("silver.t", 0, None, quarantine=False),
            "two": lambda: app.table_diff("silver.t", 0, 1, quarantine=False),
            "restore": lambda: app.table_restore("silver.t", 0, lambda _: None, quarantine=False, dry_run=False),
            "quarantine": lambda: app.table("silver.t", quarantine=True),
            "options": lambda: app.table_options(["silver.t"], apply=False),
        }
        errors = {}
        for what, ask in asked.items():
            with pytest.raises(LakekitError) as caught:
                ask()
            errors[what] = caught.value
    assert {what: error.code for what, error in errors.items()} == {
        **dict.fromkeys(("show", "history", "diff", "two", "restore"), "table.missing"),
        "quarantine": "table.no_quarantine",
        "options": "table.no_options",
    }
    assert all(error.where and error.next for error in errors.values())
    assert {e.next for e in errors.values() if isinstance(e, TableError)} == {"lakekit run"}
