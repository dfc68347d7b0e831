"""A lake in a folder of a local disk."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from lakekit.domain.errors import StorageError
from lakekit.plugin.disk import sync
from lakekit.ports.storage import Found, ObjectConflict, Stat

_ABSENT = (FileNotFoundError, NotADirectoryError)


class LocalStorage:
    """The ObjectStorage port: an object is a file. Drivers read and write the same files without asking here."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake

    def address(self, key: str) -> str:
        return str(self._at(key))

    def options(self) -> Mapping[str, str]:
        return {}

    def explain(self, error: BaseException) -> StorageError | None:  # noqa: ARG002  # a disk has no failures of its own
        return None

    def prepare(self, prefix: str) -> None:
        """Folders that begin with `_`, and those in them, are made with mode 0700."""
        folder = self._at(prefix)
        with _told(folder):
            self._make(folder)

    def stat(self, key: str) -> Stat | None:
        path = self._at(key)
        with _told(path):
            return _stat_if_there(path)

    def read(self, key: str) -> Found | None:
        path = self._at(key)
        with _told(path):
            try:
                with path.open("rb") as file:
                    return Found(file.read(), _stat(os.fstat(file.fileno())).mark)
            except _ABSENT:
                return None

    def read_range(self, key: str, start: int, end: int) -> bytes:
        path = self._at(key)
        with _told(path), path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def list(self, prefix: str) -> Mapping[str, Stat]:
        def fail(error: OSError) -> None:
            if not isinstance(error, _ABSENT):
                raise error

        top = self._at(prefix)
        with _told(top):
            found = [f"{at}/{name}" for at, _, names in os.walk(top, onerror=fail) for name in names]
            stats = ((path.removeprefix(f"{self._lake}/"), _stat_if_there(path)) for path in sorted(found))
            return {key: stat for key, stat in stats if stat}

    def write(self, key: str, data: bytes, expected: str | None) -> str:
        """Written aside and renamed, under a lock on the folder, which ends with its holder."""
        path = self._at(key)
        with _told(path):
            self._make(path.parent)
            with _locked(path.parent):
                if (_stat(path.stat()).mark if path.exists() else None) != expected:
                    raise ObjectConflict(key)
                handle, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
                os.close(handle)
                Path(aside).write_bytes(data)
                sync(Path(aside))
                Path(aside).rename(path)
                sync(path.parent)
                return _stat(path.stat()).mark

    def take(self, files: Mapping[str, Path]) -> None:
        """Moved, not copied, where the file lies on the same disk."""
        folders: dict[Path, None] = {}
        for key, file in files.items():
            target = self._at(key)
            with _told(target):
                self._make(target.parent)
                shutil.move(file, target)
                sync(target)
            folders |= {target.parent: None, target.parent.parent: None}
        for folder in folders:
            with _told(folder):
                sync(folder)

    def download(self, key: str, file: Path) -> None:
        path = self._at(key)
        with _told(path):
            shutil.copyfile(path, file)

    def sync(self, key: str) -> None:
        path = self._at(key)
        with _told(path):
            sync(path)
            sync(path.parent)

    def delete(self, key: str) -> None:
        """The folders that it was the last of go with it, as in a bucket."""
        path = self._at(key)
        with _told(path), suppress(*_ABSENT):
            path.unlink()
            folder = path.parent
            while folder != self._lake and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def delete_all(self, prefix: str) -> None:
        folder = self._at(prefix)
        with _told(folder), suppress(*_ABSENT):
            shutil.rmtree(folder)

    def _at(self, key: str) -> Path:
        """Where the object lies. Raises StorageError where a link on the way leads out of the lake."""
        path = self._lake / key
        with _told(path):
            inside = self._straight(key) or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._lake))
        if not inside:
            raise StorageError(
                "storage.outside",
                "a link leads out of the lake",
                where=str(path),
                why="what lies elsewhere is not lakekit's to write to, or to remove",
                next="move what it points to into the lake, or set `lake` to the folder above both",
            )
        return path

    def _straight(self, key: str) -> bool:
        """Whether the way from the lake to an object is one of names, none of which is a link: then it ends within the
        lake, and what lies above, where most of a path is, need not be looked at."""
        if key.startswith("/"):
            return False
        at = str(self._lake)
        for part in key.split("/"):
            at = f"{at}/{part}"
            if part == ".." or os.path.islink(at):  # noqa: PTH114  # thousands of times in a plan of many transforms
                return False
        return True

    def _make(self, folder: Path) -> None:
        """The folder and those above it within the lake."""
        self._lake.mkdir(parents=True, exist_ok=True)
        inner = folder.relative_to(self._lake)
        mode = 0o700 if inner.parts and inner.parts[0].startswith("_") else 0o777
        for part in (*reversed(inner.parents[:-1]), inner) if inner.parts else ():
            (self._lake / part).mkdir(mode=mode, exist_ok=True)


def _stat_if_there(path: Path | str) -> Stat | None:
    """None for folders too: they are no objects."""
    try:
        told = os.stat(path)  # noqa: PTH116  # of whole folders, for which to make paths costs more than to look
    except _ABSENT:
        return None
    return _stat(told) if S_ISREG(told.st_mode) else None


def _stat(told: os.stat_result) -> Stat:
    return Stat(told.st_size, told.st_mtime_ns // 1_000_000, f"{told.st_ino}-{told.st_mtime_ns}-{told.st_size}")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            "storage.failed",
            "the lake's folder cannot be read or written",
            where=str(error.filename or path),
            why=error.strerror or type(error).__name__,
            next="check space and permissions there, and run again",
        ) from error
