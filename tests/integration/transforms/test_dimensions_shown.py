"""Both datasets of a dimension, as commands show them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakekit.app.telemetry import Silent
from lakekit.cli import builds
from lakekit.cli.main import run
from lakekit.compose import application
from lakekit.domain.errors import ConfigError
from lakekit.domain.planning import Cause
from lakekit.domain.report import RunPlan
from lakekit.project.selection import Selection
from tests.integration.transforms.feeds import CHANGES, COLUMNS, QUERY, Fed, begun, raw

OPTIONS = {**CHANGES, "incremental": ["bronze.e"], "tags": ["daily"]}
BOTH = ["gold.dim_events", "gold.dim"]
Lakekit = Callable[..., str]


@pytest.fixture
def fed(tmp_path: Path) -> Fed:
    """A dimension that is not built yet, of three events of which two count for nothing."""
    made = begun(tmp_path, OPTIONS)
    made.lake.write("data/e.csv", "k,at,n,city,name,op\n1,1,0,Bern,Ann,u\n")
    made.lake.transform("gold.other", "SELECT k FROM bronze.e")
    made.feed([raw(1, 1, "Bern", name="Ann"), raw(None, 1, "Oslo", name="Bob"), raw(2, None, "Rome", name="Cyd")])
    return made


@pytest.fixture
def lakekit(fed: Fed, capfd: pytest.CaptureFixture[str]) -> Lakekit:
    """What a command line prints."""

    def call(*arguments: str, code: int = 0) -> str:
        capfd.readouterr()
        assert run(["--project-dir", str(fed.lake.root), *arguments]) == code
        return capfd.readouterr().out

    return call


def planned(fed: Fed, *names: str, exclude: tuple[str, ...] = ()) -> RunPlan:
    with application(fed.lake.root, None, Silent()) as app:
        return app.plan_run(Selection(names, exclude))


def causes(plan: RunPlan) -> dict[str, list[tuple[Cause, str]]]:
    return {build.dataset: [(r.cause, r.about) for r in build.reasons] for build in plan.builds}


def test_a_plan_has_the_events_first_and_says_why(fed: Fed) -> None:
    assert causes(planned(fed, "gold.dim")) == {
        "gold.dim_events": [(Cause.NEVER_BUILT, "")],
        "gold.dim": [(Cause.UPSTREAM, "gold.dim_events")],
    }
    fed.build()
    assert causes(planned(fed, "gold.dim")) == {"gold.dim_events": [], "gold.dim": []}
    fed.feed([raw(1, 2, "Oslo")])
    assert causes(planned(fed, "gold.dim"))["gold.dim_events"] == [(Cause.INPUT, "bronze.e")]


@pytest.mark.parametrize("names", [["gold.dim"], ["gold.dim_events"], ["dim"], ["tag:daily"], ["dim*"], ["d*m"]])
def test_whoever_names_one_of_the_two_means_both(fed: Fed, names: list[str]) -> None:
    assert [build.dataset for build in planned(fed, *names).builds] == BOTH
    assert [build.dataset for build in planned(fed, "gold.*", exclude=tuple(names)).builds] == ["gold.other"]


def test_a_step_down_and_a_step_up_reach_both(fed: Fed) -> None:
    fed.lake.transform("gold.after", "SELECT city FROM gold.dim")
    assert [build.dataset for build in planned(fed, "gold.dim+").builds] == [*BOTH, "gold.after"]
    for up in ("+gold.after", "2+gold.after", "1+gold.after"):
        assert [build.dataset for build in planned(fed, up).builds] == [*BOTH, "gold.after"], up


@pytest.mark.parametrize(
    ("move", "named"),
    [
        (lambda fed: fed.feed([raw(1, 3)]), "gold.dim_events"),
        (lambda fed: fed.lake.table("gold.dim_events").delete("k = 1"), "gold.dim"),
        (lambda fed: fed.lake.table("gold.dim").delete("k = 1"), "gold.dim"),
        (lambda fed: fed.lake.transform("gold.dim", QUERY, **{**OPTIONS, "ignore_null_updates": True}), "gold.dim"),
    ],
)
def test_a_plan_of_a_dimension_that_has_moved_since_does_nothing(
    fed: Fed, move: Callable[[Fed], Any], named: str
) -> None:
    fed.build()
    fed.feed([raw(1, 2, "Oslo")])
    plan = planned(fed, "gold.dim")
    move(fed)
    versions = {name: fed.lake.table(name).version() for name in BOTH}
    with application(fed.lake.root, None, Silent()) as app, pytest.raises(ConfigError) as caught:
        app.run_plan(plan)
    assert caught.value.code == "plan.moved"
    assert named in str(caught.value.where)
    assert {name: fed.lake.table(name).version() for name in BOTH} == versions


def test_quarantined_events_are_told_by_the_run(fed: Fed) -> None:
    reports = list(fed.build().values())
    assert builds.lines(reports, 100)[-1] == "gold.dim_events: 2 events quarantined: null_key (1), null_sequence (1)"
    told = {report["dataset"]: report["quarantined"] for report in builds.document(reports)}
    assert told == {"gold.dim_events": {"null_key": 1, "null_sequence": 1}, "gold.dim": {}, "gold.other": {}}
    assert not any("quarantined" in line for line in builds.lines(list(fed.build().values()), 100))


def test_the_quarantine_of_a_dimension_is_its_events_that_count_for_nothing(fed: Fed, lakekit: Lakekit) -> None:
    assert [line.split() for line in lakekit("quarantine", "list", "gold.dim").splitlines()[1:]] == [
        ["gold.dim", "all", "0"]
    ]
    assert lakekit("quarantine", "show", "gold.dim") == "no such row in the quarantine\n"
    fed.build()
    assert [line.split() for line in lakekit("quarantine", "list").splitlines()[1:]] == [
        ["bronze.e", "all", "0"],
        ["gold.dim", "all", "2"],
        ["null_key", "1"],
        ["null_sequence", "1"],
    ]
    assert lakekit("quarantine", "show", "gold.dim", "--reason", "null_sequence").splitlines() == [
        "gold.dim_events",
        "  null_sequence in at: when it was, nobody can tell",
        "  k=2, at=null, city=Rome, name=Cyd, _operation=upsert",
    ]
    assert len(json.loads(lakekit("quarantine", "show", "dim", "--json"))["rows"]) == 2
    assert len(json.loads(lakekit("quarantine", "show", "dim", "--limit", "1", "--json"))["rows"]) == 1
    lakekit("quarantine", "list", "gold.other", code=2)


def test_personal_values_are_shown_as_hashes_whoever_says_that_they_are(fed: Fed, lakekit: Lakekit) -> None:
    fed.build()
    columns = [{"name": c, "type": t, **({"pii": "name"} if c == "name" else {})} for c, t in COLUMNS.items()]
    fed.lake.write("config/schema_definitions/e.schema.json", json.dumps({"name": "e", "columns": columns}))
    shown = lakekit("quarantine", "show", "gold.dim")
    assert "Rome" in shown
    assert "Cyd" not in shown
    assert "name=hmac:" in shown


def test_other_commands_know_both(fed: Fed, lakekit: Lakekit) -> None:
    fed.build()
    shown = lakekit("status")
    standing = {line.split()[0] for line in shown.splitlines() if "up to date" in line}
    assert standing == {*BOTH, "gold.other"}
    assert "valid_from" in lakekit("table", "show", "gold.dim")
    assert "_operation" in lakekit("table", "show", "gold.dim_events")
    assert [line.strip(" └─") for line in lakekit("lineage", "gold.dim.city").splitlines()] == [
        "gold.dim.city",
        "gold.dim_events.city  identity",
        "bronze.e.city  identity",
    ]
    assert "gold.dim._version_key" in lakekit("lineage", "bronze.e.k", "--down")
    assert "gold.dim.valid_to" in lakekit("lineage", "bronze.e.at", "--down")
    kept = [line.split()[0] for line in lakekit("optimize", "gold.dim", "--dry-run").splitlines()[1:]]
    assert kept == ["gold/dim", "gold/dim_events"]
