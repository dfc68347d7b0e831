"""`lakekit history`: the batches of datasets, for a person and for a program."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from lakekit.cli import batches
from lakekit.cli.main import run
from lakekit.domain.batch import Batch, Bounds, Mode, Status
from tests.integration.projects import Project

AT = "2026-01-02T03:04:05.6+00:00"
OPEN = Batch("bronze.orders", "live", 1, 2, "u", 1, Status.OPENED, Mode.FILES, Bounds(), "v", AT)


def test_names_and_limit_are_handed_on(lakekit, fake) -> None:
    app = fake(batches=(OPEN,))
    line = lakekit("history", "orders", "--limit", "3", app=app).out.splitlines()[1]
    assert app.asked[-1] == ("batches", ("orders",), 3)
    assert line.split() == ["bronze.orders", "2", "opened", "2026-01-02T03:04:05Z", *"------"]


def test_a_dataset_without_batches_says_so(lakekit, fake) -> None:
    assert lakekit("history", app=fake()).out == "no batch has been opened yet\n"


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_terminal(width: int) -> None:
    assert max(len(click.unstyle(line)) for line in batches.lines((OPEN,), width)) <= width


def test_each_batch_is_told_with_its_books_the_newest_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    project.settings(load_type="incremental")
    project.contract()
    project.file("a.csv", "1,2026-01-01T00:00:00Z,n", "x,,")
    project.ingest()
    project.file("b.csv", "2,2026-01-01T00:00:00Z,n")
    project.suite({"check": "rows", "min": 2})
    project.ingest()
    monkeypatch.chdir(tmp_path)
    assert run(["history", "--json"]) == 0
    held, first = json.loads(capsys.readouterr().out)["batches"]
    assert (held["batch"], held["status"], held["read"], held["run_id"]) == (2, "held", None, None)
    assert (first["batch"], first["status"], first["table_version"]) == (1, "published", 1)
    assert [first[key] for key in ("read", "published", "quarantined", "duplicates")] == [2, 1, 1, 0]
    assert len(first["run_id"]) == 32
    assert run(["history", "things", "--limit", "1", "--json"]) == 0
    assert [b["batch"] for b in json.loads(capsys.readouterr().out)["batches"]] == [2]
