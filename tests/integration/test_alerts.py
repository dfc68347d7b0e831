"""What a run alerts of, once, while nothing about its batches depends on it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from lakekit.cli.main import run
from lakekit.domain.report import Ending
from tests.conformance.alerts.test_webhook import NOBODY, Receiver, receiver
from tests.integration.projects import Project
from tests.integration.transforms.lakes import Lake

__all__ = ["receiver"]

DAY = "2026-01-01T00:00:00Z"
WIDER = "id,at,note,more"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.contract()
    made.settings(load_type="incremental")
    alerts(made, "jsonl")
    return made


def alerts(project: Project, told: object) -> None:
    settings = project.root / "config" / "dev.yaml"
    rest = settings.read_text().partition("\nalerts:")[0]
    settings.write_text(f"{rest}\nalerts: {json.dumps(told)}\n")


def called(project: Project, *arguments: str) -> int:
    return run(["--project-dir", str(project.root), *arguments])


def lines(root: Path, file: str) -> list[dict]:
    path = root / ".lakekit" / file
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def told(project: Project) -> list[tuple[str, str | None]]:
    return [(alert["kind"], alert["code"]) for alert in lines(project.root, "alerts.jsonl")]


def test_drift_is_alerted_once_with_its_difference_and_a_run_that_goes_well_of_nothing(project: Project) -> None:
    project.file("1.csv", f"1,{DAY},n")
    project.ingest()
    assert lines(project.root, "alerts.jsonl") == []
    project.file("2.csv", f"2,{DAY},n,secret-value", header=WIDER)
    for _ in range(2):
        project.ingest()
    project.file("3.csv", f"3,{DAY},n,secret-value", header=WIDER)
    project.ingest()
    (alert,) = lines(project.root, "alerts.jsonl")
    assert (alert["kind"], alert["dataset"], alert["batch"]) == ("drift", "bronze.things", 2)
    assert alert["drift"] == ["+ more string"]
    file = project.root / ".lakekit" / "alerts.jsonl"
    assert "secret-value" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_drift_of_a_batch_that_is_held_is_alerted_when_it_is_held_and_no_more(project: Project) -> None:
    project.suite({"check": "rows", "min": 2})
    project.file("1.csv", f"1,{DAY},n,x", header=WIDER)
    (first,) = project.ingest()
    (again,) = project.ingest()
    assert (first.ending, again.ending) == (Ending.HELD, Ending.HELD)
    assert told(project) == [("drift", None), ("held", "gate.held"), ("held", "gate.held")]
    assert lines(project.root, "alerts.jsonl")[1]["lines"][1] == "  rows: 1 observed"
    project.suite()
    assert project.ingest()[0].ending is Ending.PUBLISHED
    project.file("2.csv", f"2,{DAY},n,x", header=WIDER)
    project.ingest()
    assert len(told(project)) == 3


def test_each_run_that_fails_is_alerted_with_its_code_and_the_lines_that_people_see(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    project.contract(evolution={"new_column": "stop"})
    project.file("1.csv", f"1,{DAY},n,x", header=WIDER)
    assert called(project, "ingest") == 1
    shown = " ".join("".join(capfd.readouterr()).split())
    (alert,) = lines(project.root, "alerts.jsonl")
    assert (alert["kind"], alert["code"], alert["command"]) == ("failed", "source.new_column", "ingest")
    assert all(" ".join(line.split()) in shown for line in alert["lines"])
    assert alert["run"] == lines(project.root, "logs/lakekit.jsonl")[0]["run"]
    called(project, "ingest")
    assert told(project) == [("failed", "source.new_column")] * 2


def test_a_failure_before_any_batch_is_alerted_too(project: Project) -> None:
    project.settings(load_type="full", path="nowhere.csv")
    alerts(project, "jsonl")
    (report,) = project.ingest()
    assert report.failure is not None
    (alert,) = lines(project.root, "alerts.jsonl")
    assert (alert["batch"], alert["code"]) == (None, report.failure.code)


def test_kinds_that_are_not_chosen_are_not_told(project: Project) -> None:
    alerts(project, {"adapter": "jsonl", "on": ["held"]})
    project.suite({"check": "rows", "min": 2})
    project.file("1.csv", f"1,{DAY},n,x", header=WIDER)
    project.ingest()
    assert told(project) == [("held", "gate.held")]


def test_a_receiver_gets_what_happened(project: Project, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "hunter2")
    alerts(project, {"adapter": "webhook", "url": receiver.url, "token": "secret://env/HOOK_TOKEN"})
    project.file("1.csv", f"1,{DAY},n,x", header=WIDER)
    assert called(project, "ingest") == 0
    assert [(d["kind"], d["drift"]) for d in receiver.documents] == [("drift", ["+ more string"])]
    assert receiver.headers[0]["Authorization"] == "Bearer hunter2"


def test_a_receiver_that_is_down_changes_no_run_and_is_logged(project: Project) -> None:
    alerts(project, {"adapter": "webhook", "url": f"{NOBODY}/hook?key=hunter2"})
    project.file("1.csv", f"1,{DAY},n,x", header=WIDER)
    assert called(project, "ingest") == 0
    assert project.rows() == [1]
    failed = [line for line in lines(project.root, "logs/lakekit.jsonl") if line["event"] == "telemetry.failed"]
    assert [(line["error"], line["alert"], line["dataset"]) for line in failed] == [
        ("ConnectionError", "drift", "bronze.things")
    ]
    assert not any("hunter2" in p.read_text() for p in (project.root / ".lakekit").rglob("*.jsonl"))


def test_a_token_that_is_not_set_is_told_before_anything_runs(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    alerts(project, {"adapter": "webhook", "url": NOBODY, "token": "secret://env/NOT_SET_ANYWHERE"})
    assert called(project, "ingest") == 2
    assert "secret.missing" in capfd.readouterr().err


def test_builds_that_fail_or_are_held_are_alerted_and_those_that_they_stop_are_not(tmp_path: Path) -> None:
    lake = Lake(tmp_path, {"orders": {"id": "long"}})
    lake.begin()
    lake.append("orders", [(1,), (2,), (3,)])
    settings = json.loads((tmp_path / "config" / "dev.yaml").read_text())
    lake.write("config/dev.yaml", json.dumps({**settings, "alerts": "jsonl"}))
    lake.write("config/dq.yaml", json.dumps({"suites": {"silver.few": [{"check": "rows", "min": 4}]}}))
    columns = [{"name": "id", "type": "long"}]
    lake.write("config/schema_definitions/few.schema.json", json.dumps({"name": "few", "columns": columns}))
    lake.transform("silver.few", "SELECT id FROM bronze.orders", contract="few")
    lake.transform("silver.bad", "SELECT 1 AS x FROM bronze.orders", materialization="merge", keys=["x"])
    lake.transform("gold.made_from", "SELECT id FROM silver.few")
    endings = {name: report.ending for name, report in lake.build().items()}
    assert endings["gold.made_from"] is Ending.NOT_RUN
    found = {alert["dataset"]: alert for alert in lines(tmp_path, "alerts.jsonl")}
    assert {name: alert["kind"] for name, alert in found.items()} == {"silver.few": "held", "silver.bad": "failed"}
    assert "  rows: 3 observed" in found["silver.few"]["lines"]
