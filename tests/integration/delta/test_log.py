"""Progress survives checkpoints and log clean-up, and publishing cleans up nothing."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest


def versions_in_log(orders: Any) -> list[int]:
    return sorted(int(entry.stem) for entry in (orders.folder / "_delta_log").glob("*.json"))


def let_log_age(orders: Any) -> None:
    """Make every file of the log older than the table keeps its log."""
    orders.delta.alter.set_table_properties({"delta.logRetentionDuration": "interval 1 hours"})
    for entry in (orders.folder / "_delta_log").iterdir():
        os.utime(entry, (1_000_000_000, 1_000_000_000))


@pytest.fixture
def aged(orders: Any) -> Any:
    orders.ensure()
    for number in range(1, 25):
        orders.publish(number)
    let_log_age(orders)
    return orders


def test_a_checkpoint_comes_every_ten_versions(aged: Any) -> None:
    made = sorted(int(entry.name[:20]) for entry in (aged.folder / "_delta_log").glob("*.checkpoint.parquet"))
    assert [b - a for a, b in pairwise(made)] == [10] * (len(made) - 1)
    assert len(made) == 2


def test_publishing_never_cleans_the_log(aged: Any) -> None:
    for number in range(25, 45):
        aged.publish(number)
    assert versions_in_log(aged) == list(range(46))


def test_number_and_rows_survive_a_log_that_was_cleaned(aged: Any) -> None:
    aged.delta.cleanup_metadata()
    kept = versions_in_log(aged)
    assert kept[0] > 0
    snapshot = aged.snapshot()
    assert aged.store.app_version(aged.name, snapshot.version, "app") == 24
    assert len(aged.store.files(aged.name, snapshot.version)) == 24
    told = [(c.version, c.note) for c in aged.store.history(aged.name)]
    assert told == [(v, f"note {v}" if v < 25 else None) for v in reversed(kept)]
    assert aged.publish(25) == snapshot.version + 1


def test_history_ends_where_the_log_is_cleaned_while_it_is_read(aged: Any) -> None:
    history = aged.store.history(aged.name)
    newest = next(history)
    for version in range(newest.version - 1):
        aged.log(version).unlink()
    assert [c.version for c in history] == [newest.version - 1]


def test_unstaging_keeps_the_files_of_a_batch_whose_commit_was_cleaned_away(aged: Any) -> None:
    aged.delta.cleanup_metadata()
    assert versions_in_log(aged)[0] > 1
    aged.store.unstage(aged.name, "batch-1")
    assert all(Path(file).exists() for file in aged.store.files(aged.name, aged.snapshot().version))


def test_progress_survives_optimize(aged: Any) -> None:
    aged.delta.optimize.compact()
    snapshot = aged.snapshot()
    assert len(aged.store.files(aged.name, snapshot.version)) == 1
    assert aged.store.app_version(aged.name, snapshot.version, "app") == 24
    notes = [c.note for c in aged.store.history(aged.name) if c.note]
    assert notes[0] == "note 24"
    assert aged.publish(25) == snapshot.version + 1
