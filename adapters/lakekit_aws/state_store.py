"""The state store of a bucket: one object per record, replaced by conditional writes."""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict, frozen

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
        record, _ = self._found(key)
        return None if record is None else Entry(record.text, record.version)

    def write(self, key: str, text: str, expected: int | None) -> int:
        mark = None if expected is None else self._mark(key, expected)
        record = _Record(text, (expected or 0) + 1, self._ids.new())
        try:
            self._storage.write(_path(key), json.dumps(asdict(record)).encode(), mark)
        except ObjectConflict:
            # A retry after a lost answer finds its own write.
            if self._found(key)[0] != record:
                raise WriteConflict(key) from None
        return record.version

    def keys(self, prefix: str) -> tuple[str, ...]:
        folder = "/".join((FOLDER, *prefix.split("/")[:-1]))
        found = (key.removeprefix(f"{FOLDER}/") for key in self._storage.list(folder))
        return tuple(sorted(key for key in found if key.startswith(prefix)))

    def _mark(self, key: str, expected: int) -> str:
        """The mark that the record has at this version, and at no other."""
        record, mark = self._found(key)
        if record is None or record.version != expected:
            raise WriteConflict(key)
        return mark

    def _found(self, key: str) -> tuple[_Record | None, str]:
        found = self._storage.read(_path(key))
        return (None, "") if found is None else (self._parsed(key, found.data), found.mark)

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
