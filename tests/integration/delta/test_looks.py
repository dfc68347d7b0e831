"""What a look at a table asks of the lake's storage: in a bucket each question is a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage


class Counted:
    """A storage, and the names of the methods by which it was asked, but for what asks nothing of a server."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name not in ("address", "options", "explain"):
            self.asked.append(name)
        return getattr(self._storage, name)

    def told(self, work: Callable[[], Any]) -> list[str]:
        """What this work asks."""
        self.asked.clear()
        work()
        return list(self.asked)


@pytest.fixture
def looked(orders: Any) -> tuple[Any, Counted]:
    """A table of some versions that was looked at, and its storage."""
    counted = Counted(LocalStorage(orders.lake))
    orders.ensure()
    for number in range(1, 5):
        orders.publish(number)
    found = evolve(orders, store=DeltaStore(counted))
    found.snapshot()
    return found, counted


def test_a_table_that_has_not_moved_takes_one_listing(looked: tuple[Any, Counted]) -> None:
    orders, counted = looked
    assert counted.told(orders.snapshot) == ["list"]


def test_a_table_that_has_moved_takes_a_look_at_its_newest_commit_too(
    looked: tuple[Any, Counted], new_orders: Callable[[], Any]
) -> None:
    orders, counted = looked
    evolve(new_orders(), lake=orders.lake, store=DeltaStore(LocalStorage(orders.lake))).publish(5)
    assert counted.told(orders.snapshot) == ["list", "stat"]


def test_what_changed_until_the_version_that_was_seen_takes_one_read_of_each_commit(
    looked: tuple[Any, Counted],
) -> None:
    orders, counted = looked
    version = orders.snapshot().version
    assert counted.told(lambda: orders.store.changes(orders.name, version - 2, version)) == ["read", "read"]
    assert counted.told(lambda: orders.store.changes(orders.name, version, version)) == []
