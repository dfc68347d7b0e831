"""Plans: what they say, and that a run of one does that or nothing. As commands, with nothing to evaluate by Spark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.app.exact import KEY, exact, pins, read_plan
from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.errors import ConfigError
from lakekit.domain.planning import Cause
from lakekit.domain.report import RunPlan
from lakekit.project.selection import EVERYTHING
from tests.integration.transforms.lakes import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, {"a": {"k": "long"}})
    made.begin()
    made.write("data/a.csv", "k\n1\n2\n")
    made.transform("silver.t", "SELECT k FROM bronze.a")
    made.transform("gold.u", "SELECT count(*) AS n FROM silver.t")
    return made


def planned(lake: Lake) -> RunPlan:
    with application(lake.root, None, Silent()) as app:
        return app.plan_run(EVERYTHING)


def causes(plan: RunPlan) -> dict[str, list[tuple[Cause, str]]]:
    return {build.dataset: [(r.cause, r.about) for r in build.reasons] for build in plan.builds}


def test_a_plan_says_why_each_transform_would_be_built_and_in_which_order(lake: Lake) -> None:
    assert causes(planned(lake)) == {
        "silver.t": [(Cause.UPSTREAM, "bronze.a")],
        "gold.u": [(Cause.UPSTREAM, "silver.t")],
    }
    with application(lake.root, None, Silent()) as app:
        app.ingest()
    assert causes(planned(lake))["silver.t"] == [(Cause.NEVER_BUILT, "")]
    lake.build()
    assert not any(build.builds for build in planned(lake).builds)
    lake.append("a", [(3,)])
    (first, second) = planned(lake).builds
    assert (first.dataset, [(r.cause, r.about) for r in first.reasons]) == ("silver.t", [(Cause.INPUT, "bronze.a")])
    assert [(state.files, state.rows) for state in first.inputs] == [(1, 1)]
    assert second.builds
    lake.transform("gold.u", "SELECT count(k) AS n FROM silver.t")
    assert (Cause.CODE, "") in causes(planned(lake))["gold.u"]


def test_a_plan_survives_its_document(lake: Lake) -> None:
    plan = planned(lake)
    assert read_plan(json.dumps({KEY: exact(plan)}), "plan.json") == plan


def test_a_plan_holds_builds_to_the_versions_of_what_it_does_not_make_itself(lake: Lake) -> None:
    with application(lake.root, None, Silent()) as app:
        app.ingest()
    lake.build()
    assert [*pins(planned(lake))] == ["bronze.a"]
    new_file(lake)
    assert [*pins(planned(lake))] == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"exact": {"datasets": 1}}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"plan\.unreadable"):
        read_plan(text, "plan.json")


def new_file(lake: Lake) -> None:
    lake.write("data/a.csv", "k\n1\n2\n3\n")


def new_code(lake: Lake) -> None:
    lake.transform("gold.u", "SELECT count(k) AS n FROM silver.t")


def new_commit(lake: Lake) -> None:
    lake.append("a", [(3,)])


@pytest.mark.parametrize(("move", "named"), [(new_file, "bronze.a"), (new_code, "gold.u"), (new_commit, "silver.t")])
def test_a_plan_of_what_has_moved_since_does_nothing(lake: Lake, move, named: str) -> None:
    with application(lake.root, None, Silent()) as app:
        app.ingest()
    lake.build()
    lake.write("data/a.csv", "k\n1\n2\n4\n")
    plan = planned(lake)
    versions = {name: lake.table(name).version() for name in ("bronze.a", "silver.t", "gold.u")}
    move(lake)
    moved = {"bronze.a": lake.table("bronze.a").version()}
    with application(lake.root, None, Silent()) as app, pytest.raises(ConfigError) as caught:
        app.run_plan(plan)
    assert (caught.value.code, named in caught.value.where) == ("plan.moved", True)
    assert {name: lake.table(name).version() for name in versions} == {**versions, **moved}


def test_a_source_that_moves_after_the_check_is_not_read(lake: Lake) -> None:
    plan = planned(lake)
    new_file(lake)
    with application(lake.root, None, Silent()) as app:
        (batch, *_) = app.run_all(plan=plan).batches
    assert batch.failure is not None
    assert batch.failure.code == "plan.moved"
    assert not lake.path("bronze.a").exists()
