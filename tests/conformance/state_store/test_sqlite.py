"""The state store `sqlite` keeps the promises of its port, also between processes and after a kill."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lakekit.domain.errors import StateError
from lakekit.plugin.provider import Context
from lakekit.ports.state_store import Entry, StateStore, WriteConflict
from lakekit.testing.state_store import StateStoreSuite
from lakekit_local.state_store import SqliteStateStore

COUNT = """
import sys
from lakekit.ports.state_store import WriteConflict
from lakekit_local.state_store import SqliteStateStore

store, wins = SqliteStateStore(sys.argv[1]), 0
print("ready", flush=True)
sys.stdin.readline()
while wins < 40:
    entry = store.read("counter")
    try:
        if entry is None:
            store.write("counter", "1", None)
        else:
            store.write("counter", str(int(entry.text) + 1), entry.version)
    except WriteConflict:
        continue
    wins += 1
"""
WRITE_ON = """
import sys
from lakekit_local.state_store import SqliteStateStore

store = SqliteStateStore(sys.argv[1])
version, number = None, 0
while True:
    number += 1
    version = store.write("a", f"{number} " * 500, version)
    print(number, flush=True)
"""


def start(script: str, lake: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(lake)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


class TestSqlite(StateStoreSuite):
    provider = "sqlite"

    def make(self, folder: Path) -> StateStore:
        return self.registered(Context(folder, str(folder / "lake"), folder / "private"))

    def file(self, folder: Path) -> Path:
        return folder / "lake" / "_lakekit" / "state.sqlite"

    def test_only_the_owner_may_read_it(self, store: StateStore, tmp_path: Path) -> None:
        store.write("a", "one", None)
        assert stat.S_IMODE(self.file(tmp_path).stat().st_mode) == 0o600
        assert stat.S_IMODE(self.file(tmp_path).parent.stat().st_mode) == 0o700

    def test_reading_makes_no_lake(self, store: StateStore, tmp_path: Path) -> None:
        assert store.read("a") is None
        assert store.keys("") == ()
        assert list(tmp_path.iterdir()) == []

    def test_processes_that_count_together_lose_no_count(self, tmp_path: Path) -> None:
        """Also the file itself is made by several at once."""
        counters = [start(COUNT, tmp_path) for _ in range(4)]
        for counter in counters:
            assert counter.stdout is not None
            assert counter.stdout.readline() == "ready\n"
        for counter in counters:
            counter.communicate("go\n", timeout=120)
        assert [counter.returncode for counter in counters] == [0, 0, 0, 0]
        entry = SqliteStateStore(str(tmp_path)).read("counter")
        assert entry is not None
        assert entry.text == "160"

    @pytest.mark.parametrize("writes", [1, 7, 30])
    def test_what_a_killed_process_had_written_is_there_whole(self, tmp_path: Path, writes: int) -> None:
        with start(WRITE_ON, tmp_path) as writer:
            assert writer.stdout is not None
            told = [int(writer.stdout.readline()) for _ in range(writes)]
            writer.kill()
            told += [int(line) for line in writer.stdout]
        entry = SqliteStateStore(str(tmp_path)).read("a")
        assert entry is not None
        number = int(entry.text.split()[0])
        assert number in {told[-1], told[-1] + 1}
        assert entry.text == f"{number} " * 500
        assert SqliteStateStore(str(tmp_path)).write("a", "next", entry.version) > entry.version

    def test_a_damaged_file_is_an_error_that_says_what_to_do(self, store: StateStore, tmp_path: Path) -> None:
        store.write("a", "one", None)
        self.file(tmp_path).write_bytes(b"not a database, and long enough to be read as one" * 100)
        for attempt in (lambda: store.read("a"), lambda: store.write("a", "two", 1), lambda: store.keys("")):
            with pytest.raises(StateError) as caught:
                attempt()
            assert caught.value.code == "state.corrupt"
            assert caught.value.next

    def test_another_programs_database_is_left_alone(self, store: StateStore, tmp_path: Path) -> None:
        self.file(tmp_path).parent.mkdir(parents=True)
        with sqlite3.connect(self.file(tmp_path)) as other:
            other.execute("CREATE TABLE theirs (x)")
        other.close()
        before = self.file(tmp_path).read_bytes()
        with pytest.raises(StateError) as caught:
            store.write("a", "one", None)
        assert caught.value.code == "state.foreign"
        assert self.file(tmp_path).read_bytes() == before

    def test_a_lock_that_is_never_let_go_is_an_error(self, tmp_path: Path) -> None:
        store = SqliteStateStore(str(tmp_path / "lake"), wait_seconds=0.05)
        version = store.write("a", "one", None)
        holder = sqlite3.connect(self.file(tmp_path), isolation_level=None)
        try:
            holder.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StateError) as caught:
                store.write("a", "two", version)
        finally:
            holder.close()
        assert caught.value.code == "state.busy"
        assert store.read("a") == Entry("one", version)

    def test_a_folder_that_cannot_be_made_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "lake").write_text("a file where a folder should be")
        with pytest.raises(StateError) as caught:
            self.make(tmp_path).write("a", "one", None)
        assert caught.value.code == "state.unavailable"

    def test_a_conflict_is_no_failure(self, store: StateStore) -> None:
        with pytest.raises(WriteConflict):
            store.write("a", "one", 3)
        assert store.keys("") == ()
