"""What a run tells a lineage server and its metrics, from the command line's side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.cli.main import run
from tests.conformance.lineage.test_server import Server, kinds, server
from tests.integration.projects import Project

__all__ = ["server"]

ALONG = {"load_type": "incremental", "watermark_column": "at"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.contract()
    made.settings(**ALONG)
    made.file("a.csv", "1,2026-01-01T00:00:00Z,n", "x,2026-01-02T00:00:00Z,n")
    return made


def lineage(project: Project, url: str, more: str = "") -> None:
    settings = project.root / "config" / "dev.yaml"
    told = settings.read_text().partition("\nlineage:")[0]
    settings.write_text(f"{told}\nlineage:\n  adapter: openlineage\n  url: {url}\n{more}")


def called(project: Project, *arguments: str) -> int:
    return run(["--project-dir", str(project.root), *arguments])


def test_a_run_tells_a_server_of_itself_and_its_batches(project: Project, server: Server) -> None:
    lineage(project, server.url)
    assert called(project, "ingest") == 0
    assert [(e["eventType"], e["job"]["name"]) for e in server.events] == [
        ("START", "ingest"),
        ("START", "ingest.bronze.things"),
        ("COMPLETE", "ingest.bronze.things"),
        ("COMPLETE", "ingest"),
    ]
    parent = server.events[2]["run"]["facets"]["parent"]["run"]["runId"]
    assert {server.events[0]["run"]["runId"], server.events[3]["run"]["runId"]} == {parent}
    statistics = server.events[2]["outputs"][0]["outputFacets"]["outputStatistics"]
    files = list((project.root / "lake" / "bronze" / "things").rglob("*.parquet"))
    assert statistics["rowCount"] == 1
    assert (statistics["fileCount"], statistics["size"]) == (len(files), sum(f.stat().st_size for f in files))


def test_while_a_server_is_down_runs_end_well_and_doctor_tells_what_waits(
    project: Project, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    lineage(project, "http://127.0.0.1:9")
    assert called(project, "ingest") == 0
    assert called(project, "doctor") == 1
    assert "4 events wait, as ConnectionError" in capfd.readouterr().out
    lineage(project, server.url)
    assert called(project, "ingest") == 0
    once = ["START", "START", "COMPLETE", "COMPLETE"]
    assert kinds(server) == once * 2
    assert called(project, "doctor") == 0
    assert "no event waits" in capfd.readouterr().out


def test_what_waits_beyond_its_bound_is_lost_and_log_and_doctor_say_so(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    lineage(project, "http://127.0.0.1:9", "  max_bytes: 0\n")
    assert called(project, "ingest") == 0
    lines = (project.root / ".lakekit" / "logs" / "lakekit.jsonl").read_text().splitlines()
    assert [told["events"] for line in lines if (told := json.loads(line))["event"] == "lineage.dropped"] == [4]
    called(project, "doctor")
    assert "ConnectionError; 4 were dropped, as more waited than may" in capfd.readouterr().out


def test_a_key_that_is_not_set_is_told_before_anything_runs(
    project: Project, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    lineage(project, server.url, "  api_key: secret://env/NOT_SET_ANYWHERE\n")
    assert called(project, "ingest") == 2
    assert "secret.missing" in capfd.readouterr().err


def test_metrics_tell_bytes_steps_lag_and_freshness(project: Project) -> None:
    called(project, "ingest")
    called(project, "ingest")
    lines = (project.root / ".lakekit" / "metrics.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    names = [line["metric"] for line in told]
    files = list((project.root / "lake" / "bronze" / "things").rglob("*.parquet"))
    assert [line["value"] for line in told if line["metric"] == "bytes"] == [sum(f.stat().st_size for f in files), 0]
    steps = [(line["step"], line["value"]) for line in told if line["metric"] == "step_seconds"]
    assert [name for name, _ in steps[:7]] == ["open", "extract", "validate", "audit", "seal", "publish", "close"]
    assert sum(value for _, value in steps[:7]) <= next(line["value"] for line in told if line["metric"] == "seconds")
    assert names.count("lag_seconds") == names.count("freshness_seconds") == 2
    first, second = (line["value"] for line in told if line["metric"] == "freshness_seconds")
    assert 0 <= first < second


def test_drift_is_told_once(project: Project, server: Server) -> None:
    lineage(project, server.url)
    called(project, "ingest")
    project.file("b.csv", "2,2026-01-03T00:00:00Z,n,1", header="id,at,note,more")
    called(project, "ingest")
    project.file("c.csv", "3,2026-01-04T00:00:00Z,n,1", header="id,at,note,more")
    called(project, "ingest")
    facets = [e["run"]["facets"].get("lakekit_drift", {}).get("differences") for e in server.events]
    assert [told for told in facets if told] == [["+ more string"]]
