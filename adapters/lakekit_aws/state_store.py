"""The state store of a bucket: one object per record, replaced by conditional writes."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from lakekit.domain.errors import StateError
from lakekit.ports.clock import Ids
from lakekit.ports.state_store import Entry, WriteConflict
from lakekit.ports.storage import ObjectConflict, ObjectStorage

FOLDER = "_lakekit/state"


@frozen
class _Record:
    """An object's content. `write` is the id of the write that made it, so that no two contents are ever alike and a
    write whose answer was lost is known again."""

    text: str
    version: int
    write: str


class BucketStateStore:
    """The StateStore port, for any number of hosts. A version is a counter within the record; the storage compares
    marks."""

    def __init__(self, storage: ObjectStorage, ids: Ids) -> None:
        self._storage = storage
        self._ids = ids

    def read(self, key: str) -> Entry | None:
        record = self._record(key)
        return None if record is None else Entry(record.text, record.version)

    def write(self, key: str, text: str, expected: int | None) -> int:
        mark = self._mark(key, expected) if expected is not None else None
        record = _Record(text, (expected or 0) + 1, self._ids.new())
        told = json.dumps({"text": record.text, "version": record.version, "write": record.write})
        try:
            self._storage.write(_path(key), told.encode(), mark)
        except ObjectConflict:
            # A retry after a lost answer finds its own write.
            if self._record(key) != record:
                raise WriteConflict(key) from None
        return record.version

    def keys(self, prefix: str) -> tuple[str, ...]:
        folder = "/".join((FOLDER, *prefix.split("/")[:-1]))
        found = (key.removeprefix(f"{FOLDER}/") for key in self._storage.list(folder))
        return tuple(sorted(key for key in found if key.startswith(prefix)))

    def _mark(self, key: str, expected: int) -> str:
        """The mark under which the record has this version. What replaces it in between, or did before it was read,
        has another mark or version."""
        stat = self._storage.stat(_path(key))
        record = self._record(key)
        if stat is None or record is None or record.version != expected:
            raise WriteConflict(key)
        return stat.mark

    def _record(self, key: str) -> _Record | None:
        found = self._storage.read(_path(key))
        return None if found is None else self._parsed(key, found)

    def _parsed(self, key: str, data: bytes) -> _Record:
        try:
            told: dict[str, Any] = json.loads(data)
            return _Record(str(told["text"]), int(told["version"]), str(told["write"]))
        except (ValueError, KeyError, TypeError) as error:
            raise StateError(
                "state.corrupt",
                "a record of the state store cannot be read",
                where=self._storage.address(_path(key)),
                why=type(error).__name__,
                next="restore the object's last version; without one, remove _lakekit/state: the tables hold progress",
            ) from None


def _path(key: str) -> str:
    return f"{FOLDER}/{key}"
