"""The bytes of Parquet files: of this host by their paths, of a lake that is no folder by their addresses."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from lakekit.ports.storage import ObjectStorage, Stat

AT_ONCE = 8
"""Files that are asked for at the same time: in a bucket each takes a request or two."""


class Files:
    """Reads what Spark need not be started for."""

    def __init__(self, storage: ObjectStorage | None = None) -> None:
        """`storage` is that of a lake that is no folder."""
        self._storage = storage
        self._sizes: dict[str, int] = {}

    def size(self, file: str) -> int:
        """In bytes. Raises OSError, or StorageError, when there is no such file."""
        if self._storage is None or "://" not in file:
            return Path(file).stat().st_size
        if file not in self._sizes:  # a file of a lake never changes
            self._sizes[file] = self._stat(self._storage, file).size
        return self._sizes[file]

    def there(self, file: str) -> bool:
        """Whether a file of the lake is there now."""
        return self._storage is None or self._storage.stat(_key(self._storage, file)) is not None

    def end(self, file: str, length: int) -> bytes:
        """The last `length` bytes; all of them where there are not so many. Raises as `size` does."""
        if self._storage is None or "://" not in file:
            return _end(Path(file), length)
        size = self.size(file)
        return self._storage.read_range(_key(self._storage, file), max(0, size - length), size) if size else b""

    def _stat(self, storage: ObjectStorage, file: str) -> Stat:
        found = storage.stat(_key(storage, file))
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), file)
        return found


LOCAL = Files()


def _key(storage: ObjectStorage, file: str) -> str:
    return file.removeprefix(f"{storage.address('')}/")


def _end(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - length))
        return file.read()
