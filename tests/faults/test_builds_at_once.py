"""Builds that others get in the way of: one that sleeps while another takes over, two at once, other writers, and a
state store that is lost. What is left is what one run leaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.made import ASLEEP, Made
from tests.faults.sample import sampled


def settled(made: Made, expected: Made) -> None:
    """After one more run, all is as it is to be."""
    made.lake.expire_leases()
    ended = made.run()
    assert ended.done, ended
    assert made.state() == expected.state()
    assert not made.left()


@pytest.mark.parametrize(
    "place",
    sampled(ASLEEP, "while the query is run", "before the commit", "after the commit", "before the last commit"),
)
def test_a_build_that_wakes_up_after_another_took_over_does_no_harm(place: str, made: Made, expected: Made) -> None:
    sleeper = made.start(fault=ASLEEP[place])
    woken = made.taken_over(sleeper, expected)
    assert woken.done or woken.overtaken, woken
    settled(made, expected)


def test_a_commit_after_the_lease_was_taken_over_is_refused(made: Made, expected: Made) -> None:
    sleeper = made.start(fault="pause:before:tables.commit:1")
    assert sleeper.wait_until_paused()
    made.lake.expire_leases()
    assert made.run().done
    woken = sleeper.wake()
    assert (woken.code, "lease.lost" in woken.text) == (4, True), woken
    settled(made, expected)


def test_what_a_sleeping_holder_may_yet_commit_stays_until_it_cannot(made: Made, expected: Made) -> None:
    first = made.start(fault="pause:before:tables.commit:1")
    assert first.wait_until_paused()
    made.lake.expire_leases()
    second = made.start(fault="pause:before:runtime.write:1")
    assert second.wait_until_paused()
    assert any(left.startswith("silver.amounts: build-") for left in made.left())
    assert second.wake().done
    assert not made.left()
    assert first.wake().overtaken
    settled(made, expected)


@pytest.mark.parametrize("first", sampled(ASLEEP, "before rows are staged"))
@pytest.mark.parametrize("second", sampled(ASLEEP, "before the commit"))
def test_two_sleepers_in_a_row_do_no_harm(first: str, second: str, made: Made, expected: Made) -> None:
    sleepers = []
    for place in (first, second):
        process = made.start(fault=ASLEEP[place])
        if process.wait_until_paused():
            sleepers.append(process)
            made.lake.expire_leases()
    for sleeper in sleepers:
        woken = sleeper.wake()
        assert woken.done or woken.overtaken, woken
    settled(made, expected)


@pytest.mark.parametrize("number", sampled(range(5), 1))
def test_two_runs_at_once_build_what_one_builds(number: int, made: Made, expected: Made) -> None:
    first = made.start()
    time.sleep(number * 0.3)
    second = made.start()
    ended = [first.wait(), second.wait()]
    assert all(run.done or run.overtaken for run in ended), ended
    settled(made, expected)


def test_a_lease_of_a_living_build_turns_another_away(made: Made, expected: Made) -> None:
    sleeper = made.start(fault="pause:before:tables.commit:1")
    assert sleeper.wait_until_paused()
    turned_away = made.run()
    assert (turned_away.code, "lease.held" in turned_away.text) == (4, True)
    assert sleeper.wake().code in (0, 4)  # the other has built what does not depend on this one
    settled(made, expected)


@pytest.mark.parametrize(
    "place",
    sampled(
        ["kill:after:tables.stage:1", "kill:before:tables.commit:1", "kill:after:tables.commit:1", None],
        "kill:after:tables.commit:1",
        None,
    ),
)
def test_a_lost_state_store_costs_nothing(place: str | None, made: Made, expected: Made) -> None:
    if place:
        assert made.run(fault=place).killed
    else:
        assert made.run().done
    made.lake.lose_ledger()
    assert made.run().done
    assert made.state() == expected.state()


def test_a_state_store_that_is_lost_under_a_build_costs_nothing(made: Made, expected: Made) -> None:
    sleeper = made.start(fault="pause:before:tables.commit:2")
    assert sleeper.wait_until_paused()
    made.lake.lose_ledger()
    assert made.run().done
    assert sleeper.wake().code in (0, 1, 4)
    assert made.run().done
    assert made.state() == expected.state()


STEPS = ("runtime.write", "tables.ensure", "tables.stage", "tables.commit")
ORDER = {"silver.amounts": 1, "silver.latest": 2}
"""Which builds of a run these are."""


@pytest.mark.parametrize("step", sampled(STEPS, "runtime.write"))
@pytest.mark.parametrize("dataset", sampled(ORDER, "silver.amounts"))
@pytest.mark.parametrize("doing", sampled(["append", "delete", "optimize"], "append"))
def test_what_others_do_to_the_table_meanwhile_is_undone(
    step: str, dataset: str, doing: str, made: Made, expected: Made
) -> None:
    sleeper = made.start(fault=f"pause:before:{step}:{ORDER[dataset]}")
    assert sleeper.wait_until_paused()
    _meddle(made, dataset, doing)
    assert sleeper.wake().done
    assert made.run().done
    assert made.content() == expected.content()
    assert not made.left()


@pytest.mark.parametrize("step", sampled(STEPS, "runtime.write"))
@pytest.mark.parametrize("doing", sampled(["append", "delete", "optimize"], "append", "delete"))
def test_what_others_do_to_an_input_meanwhile_is_of_the_next_run(
    step: str, doing: str, made: Made, tmp_path: Path
) -> None:
    other = made.copied(tmp_path / "other")
    sleeper = made.start(fault=f"pause:before:{step}:1")
    assert sleeper.wait_until_paused()
    _meddle(made, "bronze.orders", doing)
    assert sleeper.wake().done
    assert made.run().done
    assert other.run().done
    _meddle(other, "bronze.orders", doing)
    assert other.run().done
    assert made.content() == other.content()
    assert not made.left()


def _meddle(made: Made, dataset: str, doing: str) -> None:
    table = made.table(dataset)
    doings: dict[str, Callable[[], object]] = {
        "append": lambda: made.repeat(dataset),
        "delete": lambda: table.delete("amount = 3.50"),
        "optimize": table.optimize.compact,
    }
    doings[doing]()
