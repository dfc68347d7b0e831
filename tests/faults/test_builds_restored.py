"""A transform's table that is put back, under kills and with builds in the way: what is there is what was or what is
wanted, and the next run publishes what is missing, once."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults.made import ASLEEP, TRANSFORMS, Made, discard
from tests.faults.sample import sampled
from tests.faults.sweeps import places

SEED = 20261201
SAMPLE = 2
INCREMENTAL = ("silver.amounts", "silver.latest")


def version_of(made: Made, dataset: str, build: int) -> int:
    """The version that a build made."""
    history = made.table(dataset).history()
    told = {c["version"]: json.loads(c.get("userMetadata", "{}")).get("lakekit.build") for c in history}
    return min(version for version, note in told.items() if note and note["number"] == build)


def restores(made: Made, dataset: str) -> int:
    return [c.get("operation") for c in made.table(dataset).history()].count("RESTORE")


@pytest.fixture(scope="session")
def twice(expected: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two builds of each, and nothing waiting."""
    return expected.copied(tmp_path_factory.mktemp("twice") / "p")


@pytest.fixture
def full(twice: Made, tmp_path: Path) -> Made:
    """One to break."""
    return twice.copied(tmp_path / "full")


def settled(made: Made, expected: Made) -> None:
    """After one more run, rows are as they are to be, and nothing is left."""
    ended = made.run()
    assert ended.done, ended
    assert made.content() == expected.content()
    assert not made.left()


def first(full: Made, dataset: str, tmp_path: Path) -> list[tuple[Any, ...]]:
    """The rows of the first build, by a restore that nothing hindered."""
    clean = full.copied(tmp_path / "clean")
    assert clean.restore(dataset, version_of(clean, dataset, 1)).done
    return clean.rows(dataset)


@pytest.mark.parametrize("dataset", TRANSFORMS)
@pytest.mark.parametrize("state", sampled(["kept", "lost"], "kept"))
def test_rows_that_a_restore_took_away_are_made_again_once(
    state: str, dataset: str, full: Made, expected: Made
) -> None:
    rows = full.rows(dataset)
    assert full.restore(dataset, version_of(full, dataset, 1)).done
    assert full.rows(dataset) != rows
    if state == "lost":
        full.lake.lose_ledger()
    settled(full, expected)
    assert full.numbers(dataset)[1] == 3
    if dataset in INCREMENTAL:
        assert full.builds(dataset)[-1]["scope"] in ("new_rows", "keys")


def found(full: Made, dataset: str, folder: Path) -> list[str]:
    """The places at which a restore can be killed."""
    record = folder / "calls"
    made = full.copied(folder / "counted")
    assert made.restore(dataset, version_of(made, dataset, 1), record=record).done
    return places(record)


@pytest.mark.parametrize("dataset", ["silver.amounts", "gold.was_events"])
def test_a_restore_looks_at_the_history_of_its_table_once(
    dataset: str, expected: Made, expected_dimensions: Made, tmp_path: Path
) -> None:
    made = (expected if dataset in expected.datasets else expected_dimensions).copied(tmp_path / "p")
    record = tmp_path / "calls"
    assert made.restore(dataset, version_of(made, dataset, 1), record=record).done
    assert record.read_text().count(" tables.history\n") == 1


def sweep(full: Made, dataset: str, expected: Made, folder: Path, faults: list[str]) -> None:
    """Killed there, it is mended by a rerun, and by a run."""
    version, before, after = version_of(full, dataset, 1), full.rows(dataset), first(full, dataset, folder)
    for fault in faults:
        made = full.copied(folder / "p")
        assert made.restore(dataset, version, fault=fault).killed, fault
        assert made.rows(dataset) == (after if restores(made, dataset) else before), fault
        other = made.copied(folder / "other")
        assert made.restore(dataset, version).done, fault
        assert (made.rows(dataset), restores(made, dataset)) == (after, 1), fault
        for one in (made, other):
            settled(one, expected)
            discard(one)


@pytest.mark.parametrize("dataset", sampled(TRANSFORMS, "silver.amounts"))
def test_killed_at_a_sample_of_port_calls_a_restore_leaves_what_was_or_what_is_wanted(
    dataset: str, twice: Made, expected: Made, tmp_path: Path
) -> None:
    everywhere = found(twice, dataset, tmp_path)
    assert len(everywhere) >= 20
    faults = random.Random(SEED).sample(everywhere, SAMPLE)
    around = [f"kill:{moment}:tables.restore:1" for moment in ("before", "after")]
    sweep(twice, dataset, expected, tmp_path, [*faults, *around])


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_at_every_port_call_a_restore_leaves_what_was_or_what_is_wanted(
    twice: Made, expected: Made, tmp_path: Path
) -> None:
    sweep(twice, "silver.latest", expected, tmp_path, found(twice, "silver.latest", tmp_path))


AMID = ("while the query is run", "before rows are staged", "before the commit", "after the commit")


@pytest.mark.parametrize("place", sampled(AMID, "while the query is run", "before the commit"))
def test_a_build_that_slept_while_its_table_was_put_back_does_no_harm(place: str, made: Made, expected: Made) -> None:
    sleeper = made.start(fault=ASLEEP[place])
    assert sleeper.wait_until_paused()
    made.lake.expire_leases()
    assert made.restore("silver.amounts", 0).done
    woken = sleeper.wake()
    assert woken.done or woken.overtaken, woken
    settled(made, expected)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_restore_that_slept_while_a_build_took_over_does_no_harm(moment: str, made: Made, expected: Made) -> None:
    sleeper = made.start_restore("silver.amounts", 0, fault=f"pause:{moment}:tables.restore:1")
    woken = made.taken_over(sleeper, expected)
    assert woken.overtaken if moment == "before" else woken.done, woken
    settled(made, expected)


@pytest.mark.parametrize("fault", ["kill:after:tables.stage:1", "kill:after:tables.commit:1"])
def test_put_back_after_a_build_was_killed_it_is_made_once(fault: str, made: Made, expected: Made) -> None:
    assert made.run(fault=fault).killed
    version = version_of(made, "silver.amounts", 1)
    assert made.restore("silver.amounts", version).done
    settled(made, expected)


@pytest.mark.parametrize("dataset", ["gold.was_events", "gold.was"])
@pytest.mark.parametrize("moment", sampled(["before", "after"], "after"))
def test_a_restore_of_events_or_of_what_they_make_that_was_killed_costs_no_event(
    moment: str, dataset: str, expected_dimensions: Made, tmp_path: Path
) -> None:
    made = expected_dimensions.copied(tmp_path / "p")
    version = version_of(made, dataset, 1)
    assert made.restore(dataset, version, fault=f"kill:{moment}:tables.restore:1").killed
    settled(made, expected_dimensions)
