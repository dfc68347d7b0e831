"""A table put back to an older version, dropped, or made anew by others: the next run publishes what is missing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.faults.lake import DATASETS, Lake
from tests.faults.sample import sampled

INCREMENTAL = ("orders", "visits")


def restored(lake: Lake, dataset: str, version: int) -> None:
    lake.table(dataset).restore(version)


def versions_of_batches(lake: Lake, dataset: str) -> list[int]:
    """The versions of the commits that published rows, oldest first."""
    history = lake.table(dataset).history()
    return sorted(c["version"] for c in history if json.loads(c.get("userMetadata", "{}")).get("lane") == "bronze")


def generation(lake: Lake, dataset: str) -> int:
    """The newest generation of the ledger's batches."""
    told: int = max(entry[0] for entry in lake.ledger(dataset))
    return told


def watermarks(lake: Lake, dataset: str) -> object:
    return lake.note(dataset)["watermark"]


@pytest.fixture
def full(third: Lake, tmp_path: Path) -> Lake:
    """Three days published, day four waiting."""
    return third.copied(tmp_path / "full")


@pytest.fixture(scope="module")
def fourth(third: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """All four days, ingested without a fault."""
    lake = third.copied(tmp_path_factory.mktemp("fourth") / "p")
    assert lake.run().done
    return lake


@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("batch", sampled([1, 2], 2))
def test_rows_that_our_own_restore_took_away_are_published_again_once(
    batch: int, dataset: str, ledger: str, full: Lake, fourth: Lake
) -> None:
    if ledger == "lost":
        full.lose_ledger()
    assert full.restore(dataset, versions_of_batches(full, dataset)[batch - 1]).done
    assert generation(full, dataset) == 1
    assert full.head(dataset)["generation"] == 2
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)
    assert watermarks(full, dataset) == watermarks(fourth, dataset)
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize(
    "fault",
    [
        *("kill:before:tables.restore:1", "kill:after:tables.restore:1", "kill:after:tables.commit:1"),
        *("kill:before:state.write:3", "kill:after:state.write:3"),
    ],
)
@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "orders"))
@pytest.mark.parametrize("then", ["again", "ingest"])
def test_a_restore_that_was_killed_is_mended_by_a_rerun_or_by_the_next_ingest(
    then: str, dataset: str, fault: str, full: Lake, fourth: Lake
) -> None:
    version = versions_of_batches(full, dataset)[1]
    assert full.restore(dataset, version, fault=fault).killed
    if then == "again":
        assert full.restore(dataset, version).done
        assert [c.get("operation") for c in full.table(dataset).history()].count("RESTORE") == 1
        assert full.head(dataset)["generation"] == 2
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "visits"))
def test_our_own_restore_that_is_taken_back_costs_no_row(dataset: str, full: Lake, fourth: Lake) -> None:
    before = full.version(dataset)
    assert full.restore(dataset, versions_of_batches(full, dataset)[0]).done
    assert full.restore(dataset, before).done
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "orders"))
def test_our_own_restore_after_a_kill_ends_with_each_row_once(dataset: str, full: Lake, fourth: Lake) -> None:
    assert full.run(dataset, fault="kill:after:tables.commit:1").killed
    assert full.restore(dataset, versions_of_batches(full, dataset)[1]).done
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "orders"))
def test_the_restored_progress_survives_the_loss_of_ledger_and_older_notes(
    dataset: str, full: Lake, fourth: Lake
) -> None:
    """The commit of the restore tells it. Along new files each batch's note counts, so there the run stops instead."""
    before = full.version(dataset)
    assert full.restore(dataset, versions_of_batches(full, dataset)[1]).done
    full.table(dataset).create_checkpoint()
    for version in range(before + 1):
        (full.folder(dataset) / "_delta_log" / f"{version:020}.json").unlink()
    full.lose_ledger()
    ended = full.run(dataset)
    if dataset == "visits":
        assert "state.progress_lost" in ended.text
    else:
        assert ended.done
        assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize("dataset", sampled(DATASETS, *INCREMENTAL))
@pytest.mark.parametrize("batch", sampled([1, 2], 2))
def test_rows_that_a_restore_took_away_are_published_again_once(
    batch: int, dataset: str, ledger: str, full: Lake, fourth: Lake
) -> None:
    restored(full, dataset, versions_of_batches(full, dataset)[batch - 1])
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)
    assert watermarks(full, dataset) == watermarks(fourth, dataset)
    assert generation(full, dataset) == 2
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_a_table_restored_to_its_empty_beginning_is_filled_again(
    dataset: str, ledger: str, full: Lake, fourth: Lake
) -> None:
    restored(full, dataset, 0)
    assert full.rows(dataset) == []
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize("ledger", sampled(["kept", "lost between", "lost at the end"], "lost between"))
@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "visits"))
def test_a_table_restored_twice_ends_with_each_row_once(dataset: str, ledger: str, full: Lake, fourth: Lake) -> None:
    first, second, _ = versions_of_batches(full, dataset)
    restored(full, dataset, second)
    assert full.run(dataset).done
    if ledger == "lost between":
        full.lose_ledger()
    restored(full, dataset, first)
    if ledger == "lost at the end":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)
    assert generation(full, dataset) == 3


@pytest.mark.faults_long
@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_two_restores_in_a_row_count_as_the_last(dataset: str, ledger: str, full: Lake, fourth: Lake) -> None:
    first, second, _ = versions_of_batches(full, dataset)
    restored(full, dataset, first)
    restored(full, dataset, second)
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_a_restore_that_is_taken_back_costs_nothing(dataset: str, full: Lake, fourth: Lake) -> None:
    before = full.version(dataset)
    restored(full, dataset, versions_of_batches(full, dataset)[0])
    restored(full, dataset, before)
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_a_table_restored_into_its_later_generation_goes_on_from_there(dataset: str, full: Lake, fourth: Lake) -> None:
    restored(full, dataset, versions_of_batches(full, dataset)[0])
    assert full.run(dataset).done
    later = full.version(dataset)
    restored(full, dataset, versions_of_batches(full, dataset)[1])
    assert full.run(dataset).done
    restored(full, dataset, later)
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize(
    "fault",
    sampled(
        ["kill:before:tables.commit:1", "kill:after:tables.commit:1", "kill:after:tables.commit:2"],
        "kill:after:tables.commit:1",
    ),
)
@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "visits"))
def test_a_table_restored_after_a_kill_ends_with_each_row_once(
    dataset: str, fault: str, ledger: str, full: Lake, fourth: Lake
) -> None:
    assert full.run(dataset, fault=fault).killed
    restored(full, dataset, versions_of_batches(full, dataset)[1])
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize(
    "fault",
    sampled(
        [
            "kill:after:state.write:2",
            "kill:after:tables.commit:1",
            "kill:after:tables.commit:2",
            "kill:after:tables.commit:3",
        ],
        "kill:after:tables.commit:2",
    ),
)
def test_a_new_generation_that_was_killed_on_its_way_goes_on(fault: str, full: Lake, fourth: Lake) -> None:
    restored(full, "orders", versions_of_batches(full, "orders")[1])
    assert full.run("orders", fault=fault).killed
    full.lose_ledger()
    assert full.run("orders").done
    assert full.content("orders") == fourth.content("orders")


def test_a_sleeper_of_the_generation_before_a_restore_does_no_harm(full: Lake, fourth: Lake) -> None:
    sleeper = full.start("orders", fault="pause:before:tables.commit:2")
    assert sleeper.wait_until_paused()
    restored(full, "orders", versions_of_batches(full, "orders")[1])
    full.expire_leases()
    assert full.run("orders").done
    assert sleeper.wake().overtaken
    assert full.content("orders") == fourth.content("orders")


@pytest.mark.parametrize("ledger", sampled(["kept", "lost"], "kept"))
@pytest.mark.parametrize("dataset", sampled(DATASETS, "visits"))
def test_a_dropped_table_is_filled_again(dataset: str, ledger: str, full: Lake, fourth: Lake) -> None:
    shutil.rmtree(full.folder(dataset))
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.rows(dataset, batches=False) == fourth.rows(dataset, batches=False)
    assert watermarks(full, dataset) == watermarks(fourth, dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_dropped_table_leaves_no_reject_twice(dataset: str, full: Lake, fourth: Lake) -> None:
    shutil.rmtree(full.folder(dataset))
    assert full.run(dataset).done
    assert full.rejected(dataset, batches=False) == fourth.rejected(dataset, batches=False)


@pytest.mark.parametrize("ledger", sampled(["kept", "lost"], "kept"))
@pytest.mark.parametrize("dataset", sampled(DATASETS, "visits"))
def test_a_table_that_somebody_made_anew_and_empty_is_filled_again(
    dataset: str, ledger: str, full: Lake, fourth: Lake
) -> None:
    schema = full.table(dataset).schema()
    shutil.rmtree(full.folder(dataset))
    DeltaTable.create(str(full.folder(dataset)), schema)
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.rows(dataset, batches=False) == fourth.rows(dataset, batches=False)


@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "visits"))
def test_a_table_that_somebody_replaced_by_an_empty_one_is_filled_again(
    dataset: str, ledger: str, full: Lake, fourth: Lake
) -> None:
    DeltaTable.create(str(full.folder(dataset)), full.table(dataset).schema(), mode="overwrite")
    if ledger == "lost":
        full.lose_ledger()
    assert full.run(dataset).done
    assert full.rows(dataset, batches=False) == fourth.rows(dataset, batches=False)


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_a_lake_dropped_with_its_quarantine_is_read_again(dataset: str, full: Lake, fourth: Lake) -> None:
    shutil.rmtree(full.folder(dataset))
    shutil.rmtree(full.rejects(dataset))
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_an_old_copy_of_the_ledger_finds_the_generation_that_began_after_it(
    dataset: str, full: Lake, fourth: Lake, tmp_path: Path
) -> None:
    old = shutil.copytree(full.root / "lake" / "_lakekit", tmp_path / "old")
    restored(full, dataset, versions_of_batches(full, dataset)[0])
    assert full.run(dataset).done
    full.lose_ledger()
    shutil.copytree(old, full.root / "lake" / "_lakekit")
    assert full.run(dataset).done
    assert full.content(dataset) == fourth.content(dataset)


@pytest.mark.faults_long
def test_equal_rows_that_the_source_has_more_than_once_stay_as_many_after_a_restore(full: Lake) -> None:
    restored(full, "visits", versions_of_batches(full, "visits")[0])
    assert full.run("visits").done
    rows = Counter(row[:2] for row in full.rows("visits"))
    assert rows == {(f"v{i}", str(day)): 2 for i in range(3) for day in range(1, 5)}
