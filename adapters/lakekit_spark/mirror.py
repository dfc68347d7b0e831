"""What a Spark on other machines reads and writes when the lake is in a bucket: the bucket is all that they share."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import count
from pathlib import Path

from lakekit.domain.errors import StorageError
from lakekit.ports.clock import Ids
from lakekit.ports.storage import ObjectStorage
from lakekit_spark.files import Files
from lakekit_spark.place import Place, s3a

FOLDER = "_lakekit/spark"
"""Raw rows pass through here, as they do through the landing zone: a place for nobody else to read."""

ABANDONED = 7 * 24 * 60 * 60 * 1000
"""Milliseconds. What no run has added to for so long was left by one that was killed."""

_OPEN = "open"
"""The name of an object that says nothing but that it is there."""

_ODD = re.compile(r"[^A-Za-z0-9._-]")
"""What a key, a URL and a pattern of Spark's do not all take for the same."""

_Version = tuple[str, int, int, int]


class Mirror(Place):
    """Files of this host have copies below a prefix of this run's own, uploaded when Spark has to read them; what it
    writes goes there first. The engine's port stays one of local files: what is staged, audited and published, and by
    whom, is as with any other engine."""

    def __init__(self, storage: ObjectStorage, ids: Ids) -> None:
        super().__init__(Files(storage))
        self._storage = storage
        self._prefix = f"{FOLDER}/{ids.new()}"
        self._numbers = count()
        self._copies: dict[_Version, str] = {}
        self._targets: dict[Path, str] = {}
        self._sweep()

    def seen(self, file: str) -> str:
        if "://" in file:
            return file
        version = _version(Path(file))
        if version not in self._copies:
            key = f"{self._fresh()}/{_ODD.sub('-', Path(file).name)}"
            self._storage.take({key: Path(file)})
            self._copies[version] = key
        return self._storage.address(self._copies[version])

    def target(self, folder: Path) -> str:
        self._targets[folder] = self._fresh()
        # S3A marks a folder that a job which fails leaves empty by an object `<folder>/`, which nobody else can remove.
        self._storage.write(f"{self._targets[folder]}/{_OPEN}", b"", None)
        return s3a(self._storage.address(self._targets[folder]))

    def fetch(self, folder: Path) -> None:
        """What is fetched is known: when Spark has to read it, it is there already."""
        prefix = self._targets.pop(folder)
        for key in self._storage.list(prefix):
            if key.endswith(".parquet"):
                file = folder / key.removeprefix(f"{prefix}/")
                file.parent.mkdir(exist_ok=True)
                self._storage.download(key, file)
                self._copies[_version(file)] = key

    def close(self) -> None:
        # What stays is swept away later.
        with suppress(StorageError):
            self._storage.delete_all(self._prefix)

    def _fresh(self) -> str:
        return f"{self._prefix}/{next(self._numbers)}"

    def _sweep(self) -> None:
        """Remove what others have abandoned, by the clock of the bucket alone."""
        self._storage.write(f"{self._prefix}/{_OPEN}", b"", None)
        newest: dict[str, int] = {}
        for key, stat in self._storage.list(FOLDER).items():
            run = "/".join(key.split("/")[:3])
            newest[run] = max(newest.get(run, 0), stat.modified)
        now = newest.get(self._prefix, 0)
        for run, modified in newest.items():
            if modified < now - ABANDONED:
                self._storage.delete_all(run)


def _version(file: Path) -> _Version:
    """What no other content of the file has."""
    found = file.stat()
    return os.path.abspath(file), found.st_ino, found.st_mtime_ns, found.st_size  # noqa: PTH100
