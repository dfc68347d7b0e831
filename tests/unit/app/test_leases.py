"""Leases: one holder at a time, freed by its end, its expiry or its death."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lakekit.app.leases import lease
from lakekit.app.telemetry import Silent
from lakekit.app.tools import Tools
from lakekit.domain.errors import LeaseError
from lakekit.ports.clock import Processes
from lakekit.testing.fakes import FakeClock, FakeIds, FakeProcesses, MemoryLog, MemoryStateStore
from tests.tools import tools

SECONDS = 60.0


@pytest.fixture
def state() -> MemoryStateStore:
    return MemoryStateStore()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def holder(state: MemoryStateStore, clock: FakeClock, processes: Processes) -> Tools:
    return tools(
        state=state,
        log=MemoryLog(),
        reporter=Silent(),
        clock=clock,
        ids=FakeIds(),
        processes=processes,
        lease_seconds=SECONDS,
    )


def test_second_holder_is_refused_while_the_first_works(state: MemoryStateStore, clock: FakeClock) -> None:
    first, second = (holder(state, clock, FakeProcesses(name)) for name in ("first", "second"))
    with lease(first, "orders"), pytest.raises(LeaseError, match=r"lease\.held"), lease(second, "orders"):
        pass


def test_leases_of_other_names_do_not_meet(state: MemoryStateStore, clock: FakeClock) -> None:
    first, second = (holder(state, clock, FakeProcesses(name)) for name in ("first", "second"))
    with lease(first, "orders"), lease(second, "visits"):
        pass


def test_lease_is_free_again_when_its_holder_is_done(state: MemoryStateStore, clock: FakeClock) -> None:
    first, second = (holder(state, clock, FakeProcesses(name)) for name in ("first", "second"))
    with lease(first, "orders") as before:
        pass
    with lease(second, "orders") as after:
        assert after > before


def test_lease_is_free_again_when_its_holder_fails(state: MemoryStateStore, clock: FakeClock) -> None:
    first, second = (holder(state, clock, FakeProcesses(name)) for name in ("first", "second"))
    with pytest.raises(ZeroDivisionError), lease(first, "orders"):
        _ = 1 // 0
    with lease(second, "orders"):
        pass


def test_expired_lease_goes_to_the_next_with_a_greater_token(state: MemoryStateStore, clock: FakeClock) -> None:
    first, second = (holder(state, clock, FakeProcesses(name)) for name in ("first", "second"))
    with lease(first, "orders") as before:
        clock.advance(timedelta(seconds=SECONDS + 1))
        with lease(second, "orders") as after:
            assert after > before


def test_lease_of_a_holder_that_died_is_free_at_once(state: MemoryStateStore, clock: FakeClock) -> None:
    dead = FakeProcesses("dead")
    with lease(holder(state, clock, dead), "orders"):
        living = FakeProcesses("living")
        living.end("dead")
        with lease(holder(state, clock, living), "orders"):
            pass


def test_holder_that_lost_its_lease_does_not_free_the_next_ones(state: MemoryStateStore, clock: FakeClock) -> None:
    first, second, third = (holder(state, clock, FakeProcesses(name)) for name in ("first", "second", "third"))
    late = lease(first, "orders")
    late.__enter__()
    clock.advance(timedelta(seconds=SECONDS + 1))
    with lease(second, "orders"):
        late.__exit__(None, None, None)
        with pytest.raises(LeaseError), lease(third, "orders"):
            pass
