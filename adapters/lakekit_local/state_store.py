"""The state store of one host: a SQLite file in the lake."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lakekit.domain.errors import StateError
from lakekit.ports.state_store import Entry, WriteConflict
from lakekit_local.disk import MOUNTS, refuse_shared

FILE = "_lakekit/state.sqlite"
WAIT_SECONDS = 30.0
"""How long a write waits for other processes' writes, each of which takes milliseconds."""

_OURS = 0x6C616B65
"""Marks the file as ours, so that another program's database is not taken for one; the ASCII text `lake`."""

_TABLE = """
CREATE TABLE IF NOT EXISTS record (
  key TEXT PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL
) WITHOUT ROWID
"""
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


class SqliteStateStore:
    """The StateStore port, for the processes and threads of one host.

    Each call opens the file anew, which takes a fraction of a millisecond: so nothing is shared between threads, and a
    process that forks, or ends without a word, leaves nothing open.
    """

    def __init__(self, lake: str, mounts: Path = MOUNTS, wait_seconds: float = WAIT_SECONDS) -> None:
        refuse_shared(lake, mounts)
        self._path = Path(lake) / FILE
        self._wait_seconds = wait_seconds

    def read(self, key: str) -> Entry | None:
        """The record; None also before the first write, which makes the file."""
        with self._told():
            if not self._path.exists():
                return None
            with closing(self._open()) as database:
                row = database.execute("SELECT text, version FROM record WHERE key = ?", (key,)).fetchone()
                return Entry(*row) if row else None

    def write(self, key: str, text: str, expected: int | None) -> int:
        """One compare-and-set in one statement."""
        with self._told():
            self._make()
            with closing(self._open()) as database:
                written = _compare_and_set(database, key, text, expected)
        if not written:
            raise WriteConflict(key)
        return (expected or 0) + 1

    def keys(self, prefix: str) -> tuple[str, ...]:
        """In the order of their bytes, which is that of their characters."""
        with self._told():
            if not self._path.exists():
                return ()
            with closing(self._open()) as database:
                bounds = (prefix, f"{prefix}\U0010ffff")
                found = database.execute("SELECT key FROM record WHERE key >= ? AND key < ? ORDER BY key", bounds)
                return tuple(key for (key,) in found)

    def _make(self) -> None:
        if not self._path.exists():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))

    def _open(self) -> sqlite3.Connection:
        """A connection in which every statement is a transaction of its own, on the disk when it returns."""
        database = sqlite3.connect(self._path, timeout=self._wait_seconds, isolation_level=None)
        try:
            # EXTRA and not FULL: the journal's removal, too, has to survive a loss of power.
            database.execute("PRAGMA synchronous = EXTRA")
            (owner,) = database.execute("PRAGMA application_id").fetchone()
            if owner != _OURS:
                self._found(database, owner)
        except BaseException:
            database.close()
            raise
        return database

    def _found(self, database: sqlite3.Connection, owner: int) -> None:
        """Set up an empty file; another process may do so at the same time."""
        database.execute("BEGIN IMMEDIATE")
        (tables,) = database.execute("SELECT count(*) FROM sqlite_schema WHERE name <> 'record'").fetchone()
        if owner or tables:
            database.execute("ROLLBACK")
            raise StateError(
                "state.foreign",
                "the file of the state store is another program's database",
                where=str(self._path),
                next="move it away, or name another folder as the lake",
            )
        database.execute(_TABLE)
        database.execute(f"PRAGMA application_id = {_OURS}")
        database.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._failed(getattr(error, "sqlite_errorname", None) or type(error).__name__) from error
        except OSError as error:
            raise self._failed(error.strerror or type(error).__name__) from error

    def _failed(self, why: str) -> StateError:
        where = str(self._path)
        if why.startswith(_CORRUPT):
            hint = "move the file away: the ledger is rebuilt from the tables"
            return StateError(
                "state.corrupt", "the file of the state store is damaged", where=where, why=why, next=hint
            )
        if why.startswith(_BUSY):
            hint = "look for a run that hangs, end it, and run again"
            what = f"the state store was locked for {self._wait_seconds:g} seconds"
            return StateError("state.busy", what, where=where, why=why, next=hint)
        hint = "check space and permissions there, and run again"
        return StateError("state.unavailable", "the state store cannot be used", where=where, why=why, next=hint)


def _compare_and_set(database: sqlite3.Connection, key: str, text: str, expected: int | None) -> bool:
    if expected is None:
        done = database.execute("INSERT OR IGNORE INTO record VALUES (?, ?, 1)", (key, text))
    else:
        update = "UPDATE record SET text = ?, version = version + 1 WHERE key = ? AND version = ?"
        done = database.execute(update, (text, key, expected))
    return done.rowcount == 1
