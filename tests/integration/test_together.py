"""Datasets side by side: the same books and tables as one after the other, and an interrupt that leaves at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.report import Ending

NAMES = [f"d{number}" for number in range(9)]

LISTENING = """
import signal
from lakekit.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""As the script, also where a shell started the tests in the background, whose children ignore interrupts."""


def project(root: Path, rows: int = 200) -> Path:
    """Nine datasets, of which the fourth has no file."""
    contracts = root / "config" / "schema_definitions"
    contracts.mkdir(parents=True)
    columns = [{"name": "id", "type": "long"}, {"name": "amount", "type": "decimal(9,2)"}]
    (contracts / "any.schema.json").write_text(json.dumps({"name": "any", "columns": columns}))
    sources = [f"  {name}: {{path: {name}.csv, load_type: incremental, contract: any}}" for name in NAMES]
    (root / "config" / "dev.yaml").write_text("\n".join(["lake: ./lake", "sources:", *sources, ""]))
    for number, name in enumerate(NAMES):
        if number != 3:
            lines = (f"{i},{'x' if i % 10 == number else i}" for i in range(rows + number))
            (root / f"{name}.csv").write_text("\n".join(["id,amount", *lines, ""]))
    return root


def test_datasets_at_a_time_have_the_books_that_they_have_one_by_one(tmp_path: Path) -> None:
    told = []
    for at_once in (1, 4):
        (root := tmp_path / str(at_once)).mkdir()
        with application(project(root), None, Silent()) as app:
            batches = app.ingest(at_once=at_once).batches
        tables = [DeltaTable(str(root / "lake" / "bronze" / n)).count() for n in NAMES if n != "d3"]
        told.append(([(b.dataset, b.ending, b.counts, b.reasons) for b in batches], tables))
    assert told[0] == told[1]
    assert [ending for _, ending, _, _ in told[0][0]].count(Ending.PUBLISHED) == 8


def test_an_interrupt_leaves_at_once_and_the_next_run_finishes(tmp_path: Path) -> None:
    root = project(tmp_path, rows=300_000)
    words = [sys.executable, "-c", LISTENING, "--project-dir", str(root), "ingest", "-j", "3"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=os.environ) as run:
        while run.poll() is None and not (root / "lake" / "bronze").exists():
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate()
    assert run.returncode == 130
    assert told.strip() == "interrupted: nothing is lost; `lakekit ingest` goes on from the last finished step"
    with application(root, None, Silent()) as app:
        app.ingest(at_once=3)
        datasets = {d.dataset: d for d in app.status()}
    for number, name in enumerate(NAMES):
        if number != 3:
            table = DeltaTable(str(root / "lake" / "bronze" / name))
            assert table.count() + datasets[f"bronze.{name}"].quarantined == 300_000 + number
