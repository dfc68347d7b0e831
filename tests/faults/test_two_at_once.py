"""Two processes on one dataset: running side by side, and one that comes back to life after another took over.

A stopped process is no dead one: only its lease's end frees what it held.
"""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.lake import DATASETS, Lake
from tests.faults.sample import sampled

ASLEEP = {
    "after the batch was opened": "pause:before:reporter.step:2",
    "while rows are extracted": "pause:before:source.extract:1",
    "before the landing's manifest is written": "pause:before:landing.seal:1",
    "after the extraction": "pause:before:reporter.step:3",
    "before lanes are prepared": "pause:before:landing.workspace:1",
    "while rows are validated": "pause:before:engine.write:2",
    "before rows are staged": "pause:before:tables.stage:1",
    "between the two lanes' staging": "pause:after:tables.stage:1",
    "before the seal is written": "pause:after:tables.stage:2",
    "after the seal": "pause:before:reporter.step:6",
    "before the quarantine's commit": "pause:before:tables.commit:1",
    "between the two commits": "pause:after:tables.commit:1",
    "before bronze's commit": "pause:before:tables.commit:2",
    "after both commits": "pause:after:tables.commit:2",
    "before the batch is closed": "pause:before:reporter.step:7",
    "after the batch was closed": "pause:before:landing.discard_workspaces:1",
}


@pytest.mark.parametrize(
    "place",
    sampled(
        ASLEEP,
        "while rows are extracted",
        "before lanes are prepared",
        "before the seal is written",
        "between the two commits",
        "before bronze's commit",
        "before the batch is closed",
    ),
)
def test_a_run_that_wakes_up_after_another_took_over_does_no_harm(place: str, lake: Lake, clean: Lake) -> None:
    sleeper = lake.start("orders", fault=ASLEEP[place])
    assert sleeper.wait_until_paused()
    lake.expire_leases()
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")
    woken = sleeper.wake()
    assert woken.done or woken.overtaken, woken
    assert lake.state("orders") == clean.state("orders")
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


def test_a_lease_frees_itself_although_its_holder_only_sleeps(lake: Lake, clean: Lake) -> None:
    lake.lease_seconds(6)
    sleeper = lake.start("orders", fault="pause:before:reporter.step:2")  # before its lease is renewed once
    assert sleeper.wait_until_paused()
    time.sleep(6.1)
    assert lake.run("orders").done
    assert sleeper.wake().overtaken
    assert lake.state("orders") == clean.state("orders")


@pytest.mark.parametrize("number", sampled(range(6), 1))
def test_two_runs_at_once_leave_what_one_leaves(number: int, lake: Lake, clean: Lake) -> None:
    first = lake.start()
    time.sleep(number * 0.15)
    second = lake.start()
    ended = [first.wait(), second.wait()]
    assert all(run.done or run.overtaken for run in ended), ended
    if not any(run.done for run in ended):
        assert lake.run().done  # each was ahead of the other on one of the datasets
    assert lake.state() == clean.state()


def test_two_first_runs_at_once_make_one_lake(fresh: Lake, begun: Lake, tmp_path: Path) -> None:
    lake = fresh.copied(tmp_path / "p")
    ended = [process.wait() for process in (lake.start(), lake.start())]
    assert all(run.done or run.overtaken for run in ended), ended
    assert lake.run().done
    assert lake.state() == begun.state()


def test_a_held_lease_of_a_living_run_turns_another_away(lake: Lake, clean: Lake) -> None:
    sleeper = lake.start("orders", fault="pause:before:tables.commit:1")
    assert sleeper.wait_until_paused()
    turned_away = lake.run("orders")
    assert (turned_away.code, "lease.held" in turned_away.text) == (4, True)
    assert lake.run("visits", "stock").done
    assert sleeper.wake().done
    assert lake.state() == clean.state()


def in_turn(lake: Lake, expected: Lake, dataset: str, faults: tuple[str, str]) -> None:
    """Two runs fall asleep, the second after taking over from the first; they wake in the same order."""
    sleepers = []
    for fault in faults:
        process = lake.start(dataset, fault=fault)
        if process.wait_until_paused():
            sleepers.append(process)
            lake.expire_leases()
    for sleeper in sleepers:
        woken = sleeper.wake()
        assert woken.done or woken.overtaken, (faults, woken)
    lake.expire_leases()
    assert lake.run(dataset).done, faults
    assert lake.state(dataset) == expected.state(dataset), faults


@pytest.mark.parametrize(
    "places",
    sampled(
        [
            ("before bronze's commit", "before the quarantine's commit"),
            ("before the seal is written", "before the seal is written"),
            ("while rows are extracted", "between the two commits"),
            ("before rows are staged", "while rows are validated"),
        ],
        ("before bronze's commit", "before the quarantine's commit"),
        ("before rows are staged", "while rows are validated"),
    ),
)
def test_two_sleepers_in_a_row_do_no_harm(places: tuple[str, str], lake: Lake, clean: Lake) -> None:
    in_turn(lake, clean, "orders", (ASLEEP[places[0]], ASLEEP[places[1]]))


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("dataset", DATASETS)
def test_sleepers_at_any_two_places_do_no_harm(dataset: str, begun: Lake, clean: Lake, tmp_path: Path) -> None:
    draw = random.Random(dataset)
    for attempt in range(10):
        first, second = draw.choices(list(ASLEEP.values()), k=2)
        in_turn(begun.copied(tmp_path / str(attempt)), clean, dataset, (first, second))


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_stopped_from_outside_at_any_moment_until_another_took_over_does_no_harm(
    begun: Lake, clean: Lake, tmp_path: Path
) -> None:
    draw = random.Random(20261124)
    took = dict.fromkeys(DATASETS, 1.0)
    for attempt in range(30):
        dataset = draw.choice(DATASETS)
        lake = begun.copied(tmp_path / str(attempt))
        sleeper = lake.start(dataset)
        time.sleep(draw.random() * took[dataset])
        sleeper.signal(signal.SIGSTOP)
        paused = sleeper.wait_until_paused()
        if paused and not lake.can_write_state():  # it was stopped while it wrote: nobody can go on before it does
            assert sleeper.wake().done
            paused = False
        lake.expire_leases()
        began = time.monotonic()
        assert lake.run(dataset).done, (attempt, dataset)
        took[dataset] = time.monotonic() - began
        woken = sleeper.wake() if paused else None
        assert woken is None or woken.done or woken.overtaken, (attempt, woken)
        assert lake.run(dataset).done
        assert lake.state(dataset) == clean.state(dataset), (attempt, dataset)
