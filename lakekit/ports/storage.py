"""The place where a lake lies: a folder, or a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import frozen

from lakekit.domain.errors import StorageError


@frozen
class Stat:
    """An object's size in bytes, its modification in milliseconds since 1970, and its `mark`, which no other content
    under the same key has."""

    size: int
    modified: int
    mark: str


@frozen
class Found:
    """An object's content, and the mark that it has with it."""

    data: bytes
    mark: str


class ObjectConflict(Exception):
    """The object is not as expected: nothing was written."""


class ObjectStorage(Protocol):
    """Objects by key: `/`-separated and relative to the lake. Failures raise StorageError, which names no secret."""

    def address(self, key: str) -> str:
        """The object's absolute path, or its URL, for those who read it themselves. It is `address("")`, `/`, key."""
        ...

    def options(self) -> Mapping[str, str]:
        """What delta-rs needs to reach an address, credentials of this moment included; empty for a folder."""
        ...

    def explain(self, error: BaseException) -> StorageError | None:
        """The failure of this storage that a driver met which reads and writes addresses itself, if it is one."""
        ...

    def prepare(self, prefix: str) -> None:
        """Make `prefix` a place where a driver can write. One that begins with `_` is for its owner alone."""
        ...

    def stat(self, key: str) -> Stat | None:
        """None when there is no such object."""
        ...

    def read(self, key: str) -> Found | None:
        """The whole object, for small ones; None when there is none. Content and mark are of one moment."""
        ...

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`, which lies within the object."""
        ...

    def list(self, prefix: str) -> Mapping[str, Stat]:
        """The objects below `prefix` by key, at any depth, in order. Without such a place there are none."""
        ...

    def write(self, key: str, data: bytes, expected: str | None) -> str:
        """Write if the object's mark is `expected` (None: if there is no object), whole or not at all, and durably;
        the new mark. Raises ObjectConflict otherwise, also when the very write was done and its answer got lost."""
        ...

    def take(self, files: Mapping[str, Path]) -> None:
        """Make each local file the object of its key, durably. A folder takes the files away; a bucket leaves them."""
        ...

    def download(self, key: str, file: Path) -> None:
        """Copy an object into a local file, replaced if it is there."""
        ...

    def sync(self, key: str) -> None:
        """Return once the object, written by a driver, would survive a loss of power."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        ...

    def delete_all(self, prefix: str) -> None:
        """Remove all objects below `prefix`."""
        ...
