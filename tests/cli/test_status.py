"""`lakekit status`."""

from __future__ import annotations

import json

import click
import pytest

from lakekit.cli import render
from lakekit.domain.planning import Cause, Reason
from lakekit.domain.report import BuildPlan, DatasetStatus
from lakekit.domain.suite import Outcome, Severity, Verdict
from lakekit.domain.watermark import Watermark
from tests.cli.conftest import FakeTransforms

DONE = DatasetStatus(
    dataset="bronze.orders",
    load_type="cursor",
    batch=12,
    batch_status="published",
    watermark=Watermark("timestamp", "2026-03-02T23:55:01.250000Z"),
    files_read=0,
    table_version=11,
    quarantined=1024,
    published_at="2026-03-03T06:00:00.123456+00:00",
)
NEVER = DatasetStatus("bronze.products", "full", None, None, None, 0, None, 0, None)
HELD = DatasetStatus(
    dataset="bronze.behavior",
    load_type="files",
    batch=2,
    batch_status="held",
    watermark=None,
    files_read=1,
    table_version=0,
    quarantined=0,
    published_at="2026-03-03T06:00:00+00:00",
    held=Verdict((Outcome("rows", Severity.CRITICAL, False, 0),)),
)


def test_each_dataset_has_a_line_with_its_progress(lakekit, fake) -> None:
    _, done, never = lakekit("status", app=fake(datasets=(DONE, NEVER))).out.splitlines()
    assert done.split() == [
        *("bronze.orders", "cursor", "12", "published", "2026-03-02T23:55:01.25Z", "11", "1,024"),
        "2026-03-03T06:00:00Z",
    ]
    assert never.split() == ["bronze.products", "full", "-", "never", "run", "-", "-", "0", "-"]


def test_a_held_batch_is_told_with_what_holds_it(lakekit, fake) -> None:
    lines = lakekit("status", app=fake(datasets=(HELD,))).out.splitlines()
    assert "1 file" in lines[1]
    assert "batch 2 is held" in lines[2]
    assert "rows: 0" in lines[3]


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_terminal(width: int) -> None:
    assert max(len(click.unstyle(line)) for line in render.status((DONE, NEVER), width)) <= width


def test_json_has_every_dataset(lakekit, fake) -> None:
    document = json.loads(lakekit("status", "--json", app=fake(datasets=(DONE, HELD))).out)
    done, held = document["datasets"]
    assert done == {
        "dataset": "bronze.orders",
        "load_type": "cursor",
        "batch": 12,
        "batch_status": "published",
        "watermark": {"type": "timestamp", "value": "2026-03-02T23:55:01.250000Z"},
        "files_read": 0,
        "table_version": 11,
        "quarantined": 1024,
        "published_at": "2026-03-03T06:00:00.123456+00:00",
        "held": None,
        "drift": [],
    }
    assert held["held"] == [{"check": "rows", "severity": "critical", "passed": False, "observed": 0}]


def test_transforms_stand_below_with_what_is_not_built_yet(lakekit, fake) -> None:
    plans = (
        BuildPlan("silver.orders", build=2, table_version=3),
        BuildPlan("silver.new", reasons=(Reason(Cause.NEVER_BUILT),)),
    )
    app = fake(datasets=(DONE,), transforms=FakeTransforms(plans))
    *_, head, done, new = click.unstyle(lakekit("status", app=app).out).splitlines()
    assert head.split()[0] == "transform"
    assert (done.split()[0], new.split()[0]) == ("silver.orders", "silver.new")
    told = json.loads(lakekit("status", "--json", app=app).out)["transforms"]
    assert [(t["dataset"], t["builds"]) for t in told] == [("silver.orders", False), ("silver.new", True)]
