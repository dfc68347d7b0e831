"""OpenLineage: the suite of the port, and every field against the published specification."""

from __future__ import annotations

import json
import logging
import re
import stat
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from lakekit.domain.errors import ConfigError
from lakekit.domain.events import Event
from lakekit.plugin.provider import Context
from lakekit.ports.telemetry import Lineage
from lakekit.testing.lineage import BUILT, COMPLETE, EVENTS, FAIL, FINISHED, INVOKED, MINIMAL, LineageSuite

# What https://openlineage.io/spec requires of each facet, and where it may stand.
REQUIRED = {
    "run": {
        "parent": {"run", "job"},
        "processing_engine": {"version"},
        "errorMessage": {"message", "programmingLanguage"},
    },
    "job": {"jobType": {"processingType", "integration"}},
    "dataset": {
        "schema": {"fields"},
        "version": {"datasetVersion"},
        "columnLineage": {"fields"},
        "dataQualityAssertions": {"assertions"},
    },
    "input": {"inputStatistics": set(), "dataQualityAssertions": {"assertions"}},
    "output": {"outputStatistics": set()},
}


def adapter(folder: Path, lake: str = "/data/lake", **options: object) -> Lineage:
    context = Context(folder, lake, folder / ".lakekit", options)
    return TestOpenLineage().registered(context)


def events(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def told(event: Event, folder: Path, lake: str = "/data/lake") -> dict:
    adapter(folder, lake).emit(event)
    return events(folder / ".lakekit" / "lineage.jsonl")[-1]


class TestOpenLineage(LineageSuite):
    provider = "openlineage"

    def make(self, folder: Path) -> Lineage:
        return adapter(folder)

    def out_of_reach(self, folder: Path) -> Lineage:
        (folder / "taken").write_text("a file where a folder should be")
        return adapter(folder, path="taken/lineage.jsonl")

    def received(self, folder: Path) -> Sequence[tuple[str, str]]:
        lines = events(folder / ".lakekit" / "lineage.jsonl")
        return [(line["eventType"], uuid.UUID(line["run"]["runId"]).hex) for line in lines]


def facets(event: dict) -> Iterator[tuple[str, str, dict]]:
    places = [("run", event["run"]["facets"]), ("job", event["job"]["facets"])]
    places += [("dataset", dataset["facets"]) for dataset in (*event["inputs"], *event["outputs"])]
    places += [("input", dataset["inputFacets"]) for dataset in event["inputs"]]
    places += [("output", dataset["outputFacets"]) for dataset in event["outputs"]]
    for place, found in places:
        for name, facet in found.items():
            yield place, name, facet


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{type(event).__name__}-{event.kind.value}")
def test_every_event_has_the_shape_that_the_specification_requires(event: Event, tmp_path: Path) -> None:
    line = told(event, tmp_path)
    assert {"eventTime", "eventType", "run", "job", "producer", "schemaURL"} <= line.keys()
    assert datetime.fromisoformat(line["eventTime"]) == datetime.fromisoformat(event.at)
    assert re.fullmatch(r"https://openlineage\.io/spec/2-\d+-\d+/OpenLineage\.json#/\$defs/RunEvent", line["schemaURL"])
    assert urlsplit(line["producer"]).scheme
    for dataset in (line["job"], *line["inputs"], *line["outputs"]):
        assert dataset["namespace"]
        assert dataset["name"]
    for place, name, facet in facets(line):
        assert REQUIRED[place][name] <= facet.keys()
        assert urlsplit(facet["_producer"]).scheme
        assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/")


def test_run_is_the_batch_and_its_parent_the_invocation(tmp_path: Path) -> None:
    run = told(COMPLETE, tmp_path)["run"]
    assert run["runId"] == str(uuid.UUID(COMPLETE.run_id))
    assert run["facets"]["parent"]["run"]["runId"] == str(uuid.UUID(COMPLETE.parent_run_id))


def test_a_published_batch_tells_rows_read_and_written_schema_version_and_outcomes(tmp_path: Path) -> None:
    line = told(COMPLETE, tmp_path)
    (source,), (bronze, quarantine) = line["inputs"], line["outputs"]
    assert source["inputFacets"]["inputStatistics"]["rowCount"] == 10
    outcomes = source["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert [(o["assertion"], o["success"], o["severity"]) for o in outcomes] == [
        ("rows", True, "error"),
        ("unique(id)", False, "warn"),
        ("cast_failed", False, "warn"),
    ]
    assert outcomes[2]["column"] == "order_id"
    assert bronze["outputFacets"]["outputStatistics"]["rowCount"] == 7
    assert bronze["facets"]["version"]["datasetVersion"] == "12"
    assert [(f["name"], f["type"]) for f in bronze["facets"]["schema"]["fields"]] == [
        ("order_id", "long"),
        ("_extra", "map<string,string>"),
    ]
    assert quarantine["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert "errorMessage" not in line["run"]["facets"]


def test_a_failed_batch_tells_its_code_and_no_rows_written(tmp_path: Path) -> None:
    held = evolve(FAIL, counts=COMPLETE.counts, verdict=COMPLETE.verdict, error="gate.held")
    line = told(held, tmp_path)
    assert line["run"]["facets"]["errorMessage"]["message"] == "gate.held"
    assert "stackTrace" not in line["run"]["facets"]["errorMessage"]
    (bronze,) = line["outputs"]
    assert bronze["outputFacets"] == {}


def test_a_batch_without_rejected_rows_writes_no_quarantine(tmp_path: Path) -> None:
    clean = evolve(COMPLETE, counts=evolve(COMPLETE.counts, published=9, quarantined=0))
    assert [output["name"] for output in told(clean, tmp_path)["outputs"]] == ["/data/lake/bronze/orders"]


@pytest.mark.parametrize(
    ("lake", "namespace", "name"),
    [
        ("/data/lake", "file", "/data/lake/bronze/orders"),
        ("s3://bucket/some/lake/", "s3://bucket", "some/lake/bronze/orders"),
        ("s3://bucket", "s3://bucket", "bronze/orders"),
        ("s3://key:hunter2@bucket/lake", "s3://bucket", "lake/bronze/orders"),
    ],
)
def test_tables_are_named_as_other_tools_name_them(lake: str, namespace: str, name: str, tmp_path: Path) -> None:
    (output,) = told(MINIMAL, tmp_path, lake)["outputs"]
    assert (output["namespace"], output["name"]) == (namespace, name)


def test_events_go_to_the_file_and_namespace_of_the_settings(tmp_path: Path) -> None:
    adapter(tmp_path, path="out/events.jsonl", namespace="shop").emit(MINIMAL)
    (line,) = events(tmp_path / "out" / "events.jsonl")
    assert line["job"] == {**line["job"], "namespace": "shop", "name": "ingest.bronze.orders"}
    assert (line["inputs"][0]["namespace"], line["inputs"][0]["name"]) == ("shop", "orders")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"pth": "x"}, "unknown option 'pth'"),
        ({"path": 3}, "option 'path' is not a text"),
        ({"namespace": " "}, "option 'namespace' is not a text"),
        ({"path": "s3://bucket/lineage.jsonl"}, "option 'path' is not on this host"),
    ],
)
def test_a_wrong_option_is_refused_when_the_adapter_is_made(options: dict, what: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(what)):
        adapter(tmp_path, **options)


def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    adapter(tmp_path).emit(MINIMAL)
    file = tmp_path / ".lakekit" / "lineage.jsonl"
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)


def test_lost_lineage_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    lineage = adapter(tmp_path, path="taken/lineage.jsonl")
    with caplog.at_level(logging.WARNING):
        lineage.emit(MINIMAL)
        lineage.emit(COMPLETE)
    assert len([record for record in caplog.records if "lineage is lost" in record.getMessage()]) == 1


def test_events_arrive_again_once_the_file_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    lineage = adapter(tmp_path, path="taken/lineage.jsonl")
    lineage.emit(MINIMAL)
    (tmp_path / "taken").unlink()
    lineage.emit(COMPLETE)
    assert [line["eventType"] for line in events(tmp_path / "taken" / "lineage.jsonl")] == ["COMPLETE"]


def test_an_invocation_is_the_run_that_its_batches_name_as_their_parent(tmp_path: Path) -> None:
    began, ended = told(INVOKED, tmp_path), told(FINISHED, tmp_path)
    parent = told(MINIMAL, tmp_path)["run"]["facets"]["parent"]
    assert (began["eventType"], ended["eventType"]) == ("START", "FAIL")
    assert began["run"]["runId"] == ended["run"]["runId"] == parent["run"]["runId"]
    assert (began["job"]["namespace"], began["job"]["name"]) == (parent["job"]["namespace"], parent["job"]["name"])
    assert ended["run"]["facets"]["errorMessage"]["message"] == "source.unreadable"


def test_drift_is_told_in_a_facet_of_our_own(tmp_path: Path) -> None:
    facet = told(evolve(COMPLETE, drift=("+ note string",)), tmp_path)["run"]["facets"]["lakekit_drift"]
    assert facet["differences"] == ["+ note string"]
    assert facet["_schemaURL"] == "urn:lakekit:facet:drift:1"
    assert "lakekit_drift" not in told(COMPLETE, tmp_path)["run"]["facets"]


def test_files_and_bytes_that_were_published_are_told(tmp_path: Path) -> None:
    bronze = told(evolve(COMPLETE, files=2, size=4096), tmp_path)["outputs"][0]
    statistics = bronze["outputFacets"]["outputStatistics"]
    assert (statistics["fileCount"], statistics["size"]) == (2, 4096)


def test_a_build_tells_the_versions_that_it_read_and_what_each_column_is_made_of(tmp_path: Path) -> None:
    line = told(BUILT, tmp_path)
    (read,), (made,) = line["inputs"], line["outputs"]
    assert (read["namespace"], read["name"]) == ("file", "/data/lake/bronze/orders")
    assert read["facets"]["version"]["datasetVersion"] == "12"
    assert (line["job"]["name"], line["run"]["facets"]["parent"]["job"]["name"]) == ("transform.silver.totals", "run")
    assert made["outputFacets"]["outputStatistics"]["rowCount"] == 4
    fields = made["facets"]["columnLineage"]["fields"]
    assert {
        (column, source["field"], kind["type"], kind["subtype"])
        for column, told_ in fields.items()
        for source in told_["inputFields"]
        for kind in source["transformations"]
    } == {
        ("customer", "customer", "DIRECT", "IDENTITY"),
        ("total", "amount", "DIRECT", "AGGREGATION"),
        ("total", "customer", "INDIRECT", "GROUP_BY"),
    }
