"""OPTIMIZE, VACUUM, checkpoints and log clean-up, by hands other than lakekit's, between any two steps of a batch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.upkeep import Wishes
from lakekit.project.selection import Selection
from tests.faults.lake import Lake, day
from tests.faults.sample import sampled

INCREMENTAL = ("orders", "visits")


def optimize(table: DeltaTable) -> None:
    table.optimize.compact()


def vacuum(table: DeltaTable) -> None:
    """With the retention that protects what has just been written; it deletes for real."""
    assert table.vacuum(dry_run=True) == []
    table.vacuum(dry_run=False)


def checkpoint(table: DeltaTable) -> None:
    table.create_checkpoint()


def clean_up(table: DeltaTable) -> None:
    """Take every commit away that a checkpoint stands for: no note of a batch is left."""
    table.alter.set_table_properties({"delta.logRetentionDuration": "interval 0 seconds"})
    table.create_checkpoint()
    table.cleanup_metadata()
    log = Path(table.table_uri.removeprefix("file://")) / "_delta_log"
    assert len(list(log.glob("*.json"))) == 1


def everything(table: DeltaTable) -> None:
    for one in (optimize, vacuum, clean_up, optimize):
        one(table)


def lakekit(table: DeltaTable) -> None:
    """All that `lakekit optimize` can do, keeping nothing but what is needed now."""
    path = Path(table.table_uri.removeprefix("file://"))
    lake = next(folder for folder in path.parents if folder.name == "lake")
    wishes = Wishes(vacuum=True, hours=0, force=True)
    with application(lake.parent, None, Silent()) as app:
        app.optimize(Selection((f"bronze.{path.name}",)), wishes, lambda _, __: None, dry_run=False)


CHORES = [optimize, vacuum, checkpoint, clean_up, everything, lakekit]
Chore = Callable[[DeltaTable], None]


def tend(lake: Lake, dataset: str, chore: Chore) -> None:
    """Both tables of a dataset, as far as they are there."""
    for path in (lake.folder(dataset), lake.rejects(dataset)):
        if DeltaTable.is_deltatable(str(path)):
            chore(DeltaTable(str(path)))


def without_notes(lake: Lake, dataset: str) -> dict[str, object]:
    """The state but for the newest note, which clean-up may take."""
    return {name: value for name, value in lake.state(dataset).items() if not name.endswith("note")}


@pytest.mark.parametrize("chore", sampled(CHORES, everything, lakekit))
@pytest.mark.parametrize("dataset", sampled(["orders", "visits", "stock"], "orders"))
def test_chores_between_batches_change_no_row_and_repeat_no_batch(
    dataset: str, chore: Chore, lake: Lake, clean: Lake, third: Lake
) -> None:
    tend(lake, dataset, chore)
    assert lake.run(dataset).done
    assert lake.state(dataset) == clean.state(dataset)
    tend(lake, dataset, chore)
    day(lake, 3)
    assert lake.run(dataset).done
    assert lake.state(dataset) == third.state(dataset)
    tend(lake, dataset, chore)
    version = lake.version(dataset)
    assert lake.run(dataset).done
    assert lake.version(dataset) == version


@pytest.mark.parametrize("chore", sampled([clean_up, everything, lakekit], clean_up, lakekit))
@pytest.mark.parametrize(
    "fault",
    sampled(
        [
            "kill:after:tables.stage:2",
            "kill:before:reporter.step:6",
            "kill:before:tables.commit:1",
            "kill:after:tables.commit:1",
            "kill:after:tables.commit:2",
            "kill:before:reporter.step:7",
        ],
        "kill:after:tables.commit:1",
        "kill:after:tables.commit:2",
    ),
)
@pytest.mark.parametrize("dataset", sampled(["orders", "visits", "stock"], "visits"))
def test_chores_between_a_kill_and_its_rerun_change_no_row_and_repeat_no_batch(
    dataset: str, fault: str, chore: Chore, lake: Lake, clean: Lake
) -> None:
    assert lake.run(dataset, fault=fault).killed
    tend(lake, dataset, chore)
    assert lake.run(dataset).done
    assert without_notes(lake, dataset) == without_notes(clean, dataset)


@pytest.mark.parametrize("chore", sampled([optimize, everything], optimize))
@pytest.mark.parametrize(
    "place", sampled(["before:tables.commit:1", "before:tables.commit:2"], "before:tables.commit:2")
)
def test_chores_under_a_run_that_is_about_to_commit_cost_it_nothing(
    place: str, chore: Chore, lake: Lake, clean: Lake
) -> None:
    sleeper = lake.start("orders", fault=f"pause:{place}")
    assert sleeper.wait_until_paused()
    tend(lake, "orders", chore)
    assert sleeper.wake().done
    assert lake.state("orders") == clean.state("orders")


@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_ledger_and_notes_both_gone_stop_the_run_and_nothing_is_changed(
    dataset: str, clean: Lake, tmp_path: Path
) -> None:
    lake = clean.copied(tmp_path / "p")
    tend(lake, dataset, clean_up)
    lake.lose_ledger()
    before = (lake.content(dataset), lake.version(dataset))
    for _ in range(2):
        ended = lake.run(dataset)
        assert (ended.code, "state.progress_lost" in ended.text) == (1, True), ended
        assert (lake.content(dataset), lake.version(dataset)) == before


@pytest.mark.parametrize("rows", sampled(["kept", "optimized"], "optimized"))
def test_a_lost_ledger_finds_a_watermark_although_older_notes_are_gone(rows: str, lake: Lake, third: Lake) -> None:
    tend(lake, "orders", clean_up)
    assert lake.run("orders").done
    if rows == "optimized":
        tend(lake, "orders", optimize)
    lake.lose_ledger()
    day(lake, 3)
    assert lake.run("orders").done
    assert lake.rows("orders") == third.rows("orders")
    assert lake.rejected("orders") == third.rejected("orders")
    assert lake.note("orders") == third.note("orders")


def test_a_lost_ledger_without_each_note_of_files_read_stops_the_run(lake: Lake) -> None:
    tend(lake, "visits", clean_up)
    assert lake.run("visits").done
    lake.lose_ledger()
    day(lake, 3)
    before = lake.content("visits")
    ended = lake.run("visits")
    assert (ended.code, "state.progress_lost" in ended.text) == (1, True), ended
    assert lake.content("visits") == before


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_a_restore_that_takes_back_nothing_but_chores_begins_no_generation(
    dataset: str, clean: Lake, third: Lake, tmp_path: Path
) -> None:
    lake = clean.copied(tmp_path / "p")
    before = lake.version(dataset)
    tend(lake, dataset, optimize)
    lake.table(dataset).restore(before)
    assert lake.run(dataset).done
    assert lake.state(dataset) == third.state(dataset)


@pytest.mark.faults_long
@pytest.mark.parametrize("dataset", INCREMENTAL)
def test_a_table_optimized_after_a_restore_ends_with_each_row_once(dataset: str, third: Lake, tmp_path: Path) -> None:
    lake = third.copied(tmp_path / "p")
    assert lake.run(dataset).done
    whole = lake.content(dataset)
    lake.table(dataset).restore(1)
    tend(lake, dataset, optimize)
    assert lake.run(dataset).done
    assert lake.content(dataset) == whole


@pytest.mark.parametrize("dataset", sampled(INCREMENTAL, "visits"))
def test_a_restored_table_whose_notes_are_gone_goes_on_by_the_ledger(
    dataset: str, clean: Lake, third: Lake, tmp_path: Path
) -> None:
    lake = clean.copied(tmp_path / "p")
    tend(lake, dataset, clean_up)
    version = lake.version(dataset)
    assert lake.run(dataset).done
    lake.table(dataset).restore(version)
    assert lake.run(dataset).done
    assert lake.content(dataset) == third.content(dataset)
