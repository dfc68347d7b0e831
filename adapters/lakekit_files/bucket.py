"""Files in a bucket: which there are, and a copy of one that is still what it was."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from io import BufferedReader
from itertools import takewhile
from pathlib import Path

from attrs import frozen

from lakekit.domain.batch import FileMark
from lakekit.ports.storage import ObjectStorage, Stat
from lakekit_files.listing import changed, counts, no_files
from lakekit_files.options import FileOptions
from lakekit_files.stretch import Tell, grown, watching

_WILD = frozenset("*?[")


@frozen
class Bucket:
    """Objects of `storage`, a whole bucket, that `pattern` names. Those below `project`, a URL, are named relative to
    it, all others by their URLs."""

    storage: ObjectStorage
    pattern: str
    project: str

    def find(self, options: FileOptions) -> tuple[FileMark, ...]:
        """As in folders: an object of the very name counts before the objects directly below it, and these before
        what it matches as a pattern. Raises SourceError `source.no_files` and StorageError."""
        path = posixpath.normpath(self.pattern)
        exact = self.storage.stat(path)
        found = {path: exact} if exact else self._below(path, options)
        if not found:
            raise no_files(self.storage.address(path))
        return tuple(self._mark(key, stat) for key, stat in sorted(found.items()))

    @property
    def fetching(self) -> tuple[float, float]:
        """Nobody knows the network; it is not faster than a disk."""
        return 1, 2

    @contextmanager
    def unchanged(self, mark: FileMark, work: Path, tell: Tell) -> Iterator[BufferedReader]:
        """A private copy. Raises StorageError, and SourceError when the object is another before or after copying."""
        url = mark.path if "://" in mark.path else f"{self.project}{mark.path}"
        key = url.removeprefix(f"{self.storage.address('')}/")
        copy = work / "fetched"
        self._compare(mark, key)
        with watching(lambda: grown(copy, mark.size), tell):
            self.storage.download(key, copy)
        try:
            self._compare(mark, key)
            with copy.open("rb") as file:
                yield file
        finally:
            copy.unlink()

    def digested(self, mark: FileMark) -> FileMark:
        """The mark: it has its ETag from the listing."""
        return mark

    def _below(self, path: str, options: FileOptions) -> Mapping[str, Stat]:
        plain = "/".join(takewhile(lambda part: not _WILD & set(part), path.split("/")))
        objects = self.storage.list(plain)
        direct = {key: stat for key, stat in objects.items() if posixpath.dirname(key) == path}
        if direct:
            return {key: stat for key, stat in direct.items() if counts(posixpath.basename(key), options)}
        return {key: stat for key, stat in objects.items() if _matches(key.split("/"), path.split("/"))}

    def _mark(self, key: str, stat: Stat) -> FileMark:
        """Seconds are all that every answer of S3 tells of the time."""
        path = self.storage.address(key)
        return FileMark(path.removeprefix(self.project), stat.size, stat.modified // 1000 * 10**9, stat.mark)

    def _compare(self, mark: FileMark, key: str) -> None:
        stat = self.storage.stat(key)
        if stat is None:
            raise changed(mark, "it is gone")
        if (stat.size, stat.mark) != (mark.size, mark.digest):
            raise changed(mark, "its size or ETag is another")


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a key matches a pattern, as `glob` means it in folders: `**` is any number of folders, at the end with
    any file in them, and only a pattern that begins with a dot matches a name that does."""
    if not pattern:
        return not parts
    head, rest = pattern[0], pattern[1:]
    if head == "**" and not rest:
        return bool(parts) and not any(part.startswith(".") for part in parts)
    if head == "**" and _matches(parts, rest):
        return True
    if not parts or (parts[0].startswith(".") and not head.startswith(".")):
        return False
    return _matches(parts[1:], pattern) if head == "**" else fnmatchcase(parts[0], head) and _matches(parts[1:], rest)
