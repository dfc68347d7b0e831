"""The state store of one host: a SQLite file in the lake."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lakekit.domain.errors import ConfigError, StateError
from lakekit.ports.state_store import Entry, WriteConflict

FILE = "_lakekit/state.sqlite"
_NETWORK = (
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.gcsfuse",
    "fuse.rclone",
    "9p",
    "ceph",
)
_WAIT_SECONDS = 30.0


class SqliteStateStore:
    """The StateStore port. Each write is one immediate transaction, on the disk when it returns."""

    def __init__(self, lake: str, mounts: Path = Path("/proc/mounts")) -> None:
        _refuse_shared(lake, mounts)
        self._path = Path(lake) / FILE
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def read(self, key: str) -> Entry | None:
        """The record, or None."""
        with self._database() as database:
            row = database.execute("SELECT text, version FROM record WHERE key = ?", (key,)).fetchone()
        return Entry(*row) if row else None

    def write(self, key: str, text: str, expected: int | None) -> int:
        """One compare-and-set."""
        with self._database() as database:
            if expected is None:
                done = database.execute("INSERT OR IGNORE INTO record VALUES (?, ?, 1)", (key, text))
            else:
                values = (text, key, expected)
                done = database.execute(
                    "UPDATE record SET text = ?, version = version + 1 WHERE key = ? AND version = ?", values
                )
        if done.rowcount != 1:
            raise WriteConflict(key)
        return (expected or 0) + 1

    def keys(self, prefix: str) -> tuple[str, ...]:
        """By the primary key's order, which is that of bytes."""
        with self._database() as database:
            found = database.execute(
                "SELECT key FROM record WHERE key >= ? AND key < ? ORDER BY key",
                (prefix, prefix + "\U0010ffff"),
            )
            return tuple(key for (key,) in found)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connected()
            except sqlite3.Error as error:
                raise self._told(error) from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            # Autocommit: every statement is a transaction of its own, and none is left open.
            connection = sqlite3.connect(
                self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID"
            )
            self._connection = connection
        return self._connection

    def _told(self, error: sqlite3.Error) -> StateError:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        corrupt = name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
        return StateError(
            "state.corrupt" if corrupt else "state.unavailable",
            "the ledger cannot be used",
            where=str(self._path),
            why=name,
            next="move the file away: the ledger is rebuilt from the tables"
            if corrupt
            else "check disk space, permissions and other runs, then run again",
        )


def _refuse_shared(lake: str, mounts: Path) -> None:
    """SQLite's locks hold on one host alone: on a bucket or a network mount two runs could both win."""
    kind = "a bucket" if "://" in lake else _network_mount(Path(lake).resolve(), mounts)
    if kind:
        raise ConfigError(
            "state.not_shared",
            f"the sqlite state store cannot serve {kind}",
            where=lake,
            why="it is safe for the processes of one host on a local disk",
            next="put the lake on a local disk",
        )


def _network_mount(path: Path, mounts: Path) -> str:
    try:
        lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    held = [(len(at), kind) for _, at, kind, *_ in lines if path.is_relative_to(at.replace("\\040", " "))]
    kind = max(held, default=(0, ""))[1]
    return f"a network mount ({kind})" if kind in _NETWORK else ""
