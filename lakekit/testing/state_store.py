"""What every implementation of the `StateStore` port promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lakekit.plugin.provider import Port
from lakekit.ports.state_store import Entry, StateStore, WriteConflict
from lakekit.testing.suite import Suite

TEXTS = ["", "{}", "é 日本 😀", "line\nline\r\n", 'quote " and \\ and %_', "x" * 200_000]


class StateStoreSuite(Suite):
    """Subclass it as `Test...` and say how to make the adapter."""

    port = Port.STATE_STORE

    def make(self, folder: Path) -> StateStore:
        """An adapter whose records belong to `folder`: the same ones for the same folder."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> StateStore:
        return self.make(tmp_path)

    def test_what_was_never_written_is_not_there(self, store: StateStore) -> None:
        assert store.read("lease/a") is None
        assert store.keys("") == ()

    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{len(text)} characters")
    def test_a_record_reads_back_as_it_was_written(self, store: StateStore, text: str) -> None:
        version = store.write("ledger/bronze.orders/1", text, None)
        assert store.read("ledger/bronze.orders/1") == Entry(text, version)

    def test_a_write_at_the_current_version_replaces_the_record(self, store: StateStore) -> None:
        first = store.write("a", "one", None)
        second = store.write("a", "two", first)
        assert second != first
        assert store.read("a") == Entry("two", second)

    def test_creating_a_record_that_exists_is_a_conflict(self, store: StateStore) -> None:
        version = store.write("a", "one", None)
        with pytest.raises(WriteConflict):
            store.write("a", "two", None)
        assert store.read("a") == Entry("one", version)

    def test_a_write_at_an_older_version_is_a_conflict(self, store: StateStore) -> None:
        first = store.write("a", "one", None)
        second = store.write("a", "two", first)
        with pytest.raises(WriteConflict):
            store.write("a", "three", first)
        assert store.read("a") == Entry("two", second)

    def test_a_write_of_the_same_text_makes_a_new_version(self, store: StateStore) -> None:
        first = store.write("a", "one", None)
        second = store.write("a", "one", first)
        with pytest.raises(WriteConflict):
            store.write("a", "two", first)
        assert store.read("a") == Entry("one", second)

    def test_a_version_of_a_record_that_is_not_there_is_a_conflict(self, store: StateStore) -> None:
        with pytest.raises(WriteConflict):
            store.write("a", "one", 1)
        assert store.read("a") is None

    def test_records_do_not_share_versions(self, store: StateStore) -> None:
        version = store.write("a", "one", None)
        store.write("b", "other", None)
        store.write("a", "two", version)
        entry = store.read("b")
        assert entry is not None
        assert entry.text == "other"

    def test_keys_are_those_with_the_prefix_in_order(self, store: StateStore) -> None:
        for key in ("ledger/b/2", "ledger/b/10", "lease/b", "ledger/a/1", "ledger/é/1", "ledgers", "Ledger/x"):
            store.write(key, "", None)
        assert store.keys("ledger/") == ("ledger/a/1", "ledger/b/10", "ledger/b/2", "ledger/é/1")
        assert store.keys("nothing/") == ()
        assert len(store.keys("")) == 7

    def test_signs_in_a_prefix_mean_themselves(self, store: StateStore) -> None:
        for key in ("a_b/1", "aXb/1", "a%/1", "a*/1", "a[b]/1"):
            store.write(key, "", None)
        assert store.keys("a_b/") == ("a_b/1",)
        assert store.keys("a%") == ("a%/1",)
        assert store.keys("a*") == ("a*/1",)
        assert store.keys("a[") == ("a[b]/1",)

    def test_another_adapter_sees_what_was_written(self, tmp_path: Path) -> None:
        version = self.make(tmp_path).write("a", "one", None)
        other = self.make(tmp_path)
        assert other.read("a") == Entry("one", version)
        other.write("a", "two", version)
        with pytest.raises(WriteConflict):
            self.make(tmp_path).write("a", "three", version)

    def test_of_threads_that_write_one_version_exactly_one_wins(self, store: StateStore) -> None:
        version = store.write("a", "start", None)

        def attempt(number: int) -> bool:
            try:
                store.write("a", str(number), version)
            except WriteConflict:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = [number for number, wins in enumerate(pool.map(attempt, range(32))) if wins]
        entry = store.read("a")
        assert entry is not None
        assert won == [int(entry.text)]
