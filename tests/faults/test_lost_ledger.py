"""The state store is gone: the tables know how far each dataset was read, and the ledger is made again from them."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.faults.lake import DATASETS, Lake, day
from tests.faults.sample import sampled
from tests.faults.test_kills import found

STAGES = {
    "before anything was sealed": "kill:before:tables.stage:1",
    "before the seal was written": "kill:after:tables.stage:2",
    "after the seal": "kill:before:reporter.step:6",
    "before the quarantine's commit": "kill:before:tables.commit:1",
    "between the two commits": "kill:after:tables.commit:1",
    "after both commits": "kill:after:tables.commit:2",
    "before the batch was closed": "kill:before:reporter.step:7",
}


def test_a_ledger_lost_after_a_clean_run_is_rebuilt_and_nothing_is_read_again(
    clean: Lake, third: Lake, tmp_path: Path
) -> None:
    lake = clean.copied(tmp_path / "p")
    day(lake, 2)  # so that there is nothing new for the full load
    shutil.copytree(clean.root / "data", lake.root / "data", dirs_exist_ok=True)
    lake.lose_ledger()
    assert lake.run().done
    assert lake.state() == third.state()


def test_a_ledger_lost_while_there_is_nothing_new_is_rebuilt_as_it_was(lake: Lake, clean: Lake) -> None:
    assert lake.run().done
    versions = {dataset: lake.version(dataset) for dataset in ("orders", "visits")}
    lake.lose_ledger()
    assert lake.run("orders", "visits").done
    assert lake.state("orders", "visits") == clean.state("orders", "visits")
    assert {dataset: lake.version(dataset) for dataset in versions} == versions


@pytest.mark.parametrize("stage", sampled(STAGES, "after the seal", "between the two commits", "after both commits"))
@pytest.mark.parametrize("dataset", sampled(DATASETS, "orders"))
def test_a_ledger_lost_with_a_run_that_was_killed_costs_nothing(
    stage: str, dataset: str, lake: Lake, clean: Lake
) -> None:
    assert lake.run(dataset, fault=STAGES[stage]).killed
    lake.lose_ledger()
    assert lake.run(dataset).done
    assert lake.state(dataset) == clean.state(dataset)


@pytest.mark.parametrize(
    "stage", sampled(["after the seal", "between the two commits", "after both commits"], "between the two commits")
)
def test_a_ledger_lost_in_the_very_first_run_costs_nothing(
    stage: str, fresh: Lake, begun: Lake, tmp_path: Path
) -> None:
    lake = fresh.copied(tmp_path / "p")
    assert lake.run("orders", fault=STAGES[stage]).killed
    lake.lose_ledger()
    assert lake.run("orders").done
    assert lake.state("orders") == begun.state("orders")


@pytest.mark.faults_long
@pytest.mark.parametrize(
    "stage",
    ["before the seal was written", "between the two commits", "after both commits"],
)
def test_a_run_that_takes_over_a_lost_ledger_may_be_killed_too(stage: str, lake: Lake, clean: Lake) -> None:
    assert lake.run("visits", fault=STAGES["between the two commits"]).killed
    lake.lose_ledger()
    ended = lake.run("visits", fault=STAGES[stage])
    assert ended.killed or ended.done
    lake.lose_ledger()
    assert lake.run("visits").done
    assert lake.state("visits") == clean.state("visits")


def test_an_old_copy_of_the_ledger_learns_from_the_tables_what_came_after_it(
    lake: Lake, third: Lake, tmp_path: Path
) -> None:
    old = shutil.copytree(lake.root / "lake" / "_lakekit", tmp_path / "old")
    assert lake.run().done
    day(lake, 3)
    lake.lose_ledger()
    shutil.copytree(old, lake.root / "lake" / "_lakekit")
    assert lake.run().done
    assert lake.state() == third.state()


def test_a_run_whose_ledger_is_lost_under_it_leaves_what_the_next_run_completes(lake: Lake, clean: Lake) -> None:
    sleeper = lake.start("orders", fault="pause:before:tables.commit:2")
    assert sleeper.wait_until_paused()
    lake.lose_ledger()
    assert lake.run("orders").done
    woken = sleeper.wake()
    assert woken.code in (0, 1, 4), woken
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_a_ledger_lost_with_a_kill_at_any_port_call_costs_nothing(begun: Lake, clean: Lake, tmp_path: Path) -> None:
    everywhere = found(begun, tmp_path)
    for dataset, fault in random.Random(20261125).sample(everywhere, 40):
        lake = begun.copied(tmp_path / "p")
        assert lake.run(dataset, fault=fault).killed, (dataset, fault)
        lake.lose_ledger()
        assert lake.run(dataset).done, (dataset, fault)
        assert lake.state(dataset) == clean.state(dataset), (dataset, fault)
        shutil.rmtree(lake.root)


def test_every_dataset_is_in_the_state_that_is_compared(clean: Lake) -> None:
    told = clean.state()
    assert all(told[f"{dataset} {part}"] for dataset in DATASETS for part in ("rows", "rejected", "note", "ledger"))
