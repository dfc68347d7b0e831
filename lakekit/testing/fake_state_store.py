"""A state store that forgets when the process ends."""

from __future__ import annotations

from threading import Lock

from lakekit.ports.state_store import Entry, StateStore, WriteConflict


class MemoryStateStore(StateStore):
    """Records in a dict; threads may share it. Versions count up from 1 for each key."""

    def __init__(self) -> None:
        self._records: dict[str, Entry] = {}
        self._lock = Lock()

    def read(self, key: str) -> Entry | None:
        """The record, or None."""
        return self._records.get(key)

    def write(self, key: str, text: str, expected: int | None) -> int:
        """Write when the record is at version `expected`; WriteConflict otherwise."""
        with self._lock:
            held = self._records.get(key)
            if (held.version if held else None) != expected:
                raise WriteConflict(key)
            version = (expected or 0) + 1
            self._records[key] = Entry(text, version)
            return version

    def keys(self, prefix: str) -> tuple[str, ...]:
        """The keys with that prefix, in order."""
        with self._lock:
            return tuple(sorted(key for key in self._records if key.startswith(prefix)))
