"""The lake's objects as DuckDB reads them where they have URLs: in ranges, so that only a query's columns travel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

from lakekit.domain.errors import StorageError
from lakekit.ports.storage import ObjectStorage

BLOCK = 2**20
"""Bytes that one request fetches at least: each column of a row group is read in pieces of a few hundred kilobytes."""


class LakeFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Reads addresses of one storage, whose files never change: the size of each is asked for once. The last failure is
    kept, as DuckDB tells it in words of its own."""

    cachable = False

    def __init__(self, storage: ObjectStorage) -> None:
        super().__init__(skip_instance_cache=True, use_listings_cache=False)
        self._storage = storage
        self._lake = storage.address("")
        self.protocol = self._lake.partition("://")[0]
        self.failed: StorageError | None = None
        self._sizes: dict[str, int] = {}

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Raises FileNotFoundError."""
        if path not in self._sizes:
            self._sizes[path] = self._size(path)
        return {"name": path, "size": self._sizes[path], "type": "file"}

    def _size(self, path: str) -> int:
        try:
            found = self._storage.stat(self._key(path))
        except StorageError as error:
            self.failed = error
            raise
        if found is None:
            raise FileNotFoundError(path)
        return found.size

    def glob(self, path: str, **_: Any) -> list[str]:
        """The path itself: nothing that lakekit asks for is a pattern."""
        return [path]

    def modified(self, path: str) -> datetime:  # noqa: ARG002  # fsspec's signature
        """DuckDB asks, to know whether what it remembers of a file still holds; files of a lake never change."""
        return datetime.fromtimestamp(0, UTC)

    def fetch(self, path: str, start: int, end: int) -> bytes:
        """Bytes of an object."""
        try:
            return self._storage.read_range(self._key(path), start, end)
        except StorageError as error:
            self.failed = error
            raise

    def _open(self, path: str, mode: str = "rb", **_: Any) -> AbstractBufferedFile:
        return _File(self, path, mode, block_size=BLOCK, cache_type="readahead")

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def _key(self, path: str) -> str:
        return path.removeprefix(f"{self._lake}/")


class _File(AbstractBufferedFile):  # type: ignore[misc]  # fsspec has no types
    def _fetch_range(self, start: int, end: int) -> bytes:
        found: bytes = self.fs.fetch(self.path, start, end)
        return found
