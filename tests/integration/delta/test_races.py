"""Real processes that publish into one table at once lose nothing and do nothing twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

WRITER = Path(__file__).with_name("writer.py")


def start(orders: Any, app: str, numbers: int, mode: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(orders.lake), app, str(numbers), mode]
    return subprocess.Popen(command, stdin=subprocess.PIPE, text=True)


def release(writers: Sequence[subprocess.Popen[str]]) -> None:
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()


def commits(orders: Any) -> list[tuple[str, set[str], set[str]]]:
    """Note, added and removed paths of each published version, oldest first, as the log itself says."""
    told = []
    for version in range(orders.delta.version() + 1):
        actions = [json.loads(line) for line in orders.log(version).read_text().splitlines()]
        note = next((a["commitInfo"].get("userMetadata") for a in actions if "commitInfo" in a), None)
        if note:
            added, removed = ({a[kind]["path"] for a in actions if kind in a} for kind in ("add", "remove"))
            told.append((note, added, removed))
    return told


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_every_commit_is_in_the_log_once_and_on_top_of_the_one_before(orders: Any, mode: str) -> None:
    orders.ensure()
    writers = [start(orders, f"app{n}", 8, mode) for n in range(3)]
    release(writers)
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    told = commits(orders)
    assert sorted(note for note, _, _ in told) == sorted(f"app{n} {i}" for n in range(3) for i in range(1, 9))
    standing: set[str] = set()
    for _, added, removed in told:
        assert removed == (standing if mode == "replace" else set())
        standing = (standing - removed) | added
    assert len(standing) == (1 if mode == "replace" else 24)
    files = orders.store.files(orders.name, orders.snapshot().version)
    assert {str(Path(file).relative_to(orders.folder)) for file in files} == standing


def test_rows_that_are_written_anew_while_others_append_and_optimize_are_there_once(orders: Any) -> None:
    orders.ensure()
    modes = ["merge", "merge", "append", "optimize"]
    writers = [start(orders, f"app{n}", 6, mode) for n, mode in enumerate(modes)]
    release(writers)
    assert [writer.wait() for writer in writers] == [0] * len(writers)
    told = commits(orders)
    assert sorted(note for note, _, _ in told) == sorted(f"app{n} {i}" for n in range(3) for i in range(1, 7))
    assert any(removed for _, _, removed in told)
    files = [Path(file) for file in orders.store.files(orders.name, orders.snapshot().version)]
    assert sorted(i for file in files for i in pl.read_parquet(file)["id"]) == [
        100 * n + i for n in range(3) for i in range(1, 7)
    ]
    assert sorted(pl.read_delta(str(orders.folder))["id"]) == [100 * n + i for n in range(3) for i in range(1, 7)]


def test_writers_of_one_batch_publish_it_once(orders: Any) -> None:
    """As an expired holder and its successor do: the same number, from different files."""
    orders.ensure()
    for number in range(1, 6):
        writers = [start(orders, f"app-{number}", 1, "append") for _ in range(2)]
        release(writers)
        for writer in writers:
            assert writer.wait() == 0
    assert [note for note, _, _ in commits(orders)] == [f"app-{number} 1" for number in range(1, 6)]
    assert len(orders.store.files(orders.name, orders.snapshot().version)) == 5


def test_a_writer_killed_at_any_moment_leaves_a_table_that_the_next_one_completes(orders: Any) -> None:
    orders.ensure()
    choose = random.Random(20240501)
    for _ in range(6):
        writer = start(orders, "app", 12, "append")
        release([writer])
        try:
            writer.wait(timeout=choose.uniform(0.2, 0.6))
        except subprocess.TimeoutExpired:
            writer.kill()
            writer.wait()
        orders.snapshot()
    last = start(orders, "app", 12, "append")
    release([last])
    assert last.wait() == 0
    assert [note for note, _, _ in commits(orders)] == [f"app {number}" for number in range(1, 13)]
