"""Where files lie for a Spark: those that it reads, and those that it leaves."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from lakekit.domain.errors import EngineError
from lakekit_spark.files import LOCAL, Files


class Place:
    """Spark sees the files of this host under their paths, and those of a lake in a bucket there."""

    def __init__(self, files: Files = LOCAL) -> None:
        self.files = files

    def seen(self, file: str) -> str:
        """Where Spark finds a file: an absolute path, or an address."""
        return file if "://" in file else os.path.abspath(file)  # noqa: PTH100  # `..` is taken away as text

    def address(self, file: str) -> str:
        """A file as Spark's reader takes it literally. Raises EngineError for one that it would leave out."""
        return literal(s3a(self.seen(file)))

    def target(self, folder: Path) -> str:
        """Where Spark writes what is to lie in `folder`, which exists and is empty."""
        return str(folder.absolute())

    def confirm(self, files: Iterable[str]) -> None:
        """Raise EngineError when one of the files that were read is gone, and Spark did not tell."""

    def fetch(self, folder: Path) -> None:
        """Return once what Spark wrote lies in `folder`."""

    def close(self) -> None:
        """Remove what was kept for Spark alone."""


def s3a(address: str) -> str:
    """The address under which Spark's file system for S3 knows an object. Paths and others stay as they are."""
    return f"s3a{address.removeprefix('s3')}" if address.startswith("s3://") else address


def literal(path: str) -> str:
    """The path as a pattern that matches nothing else. Spark would leave out, without a word, what it takes for
    hidden."""
    if path.rpartition("/")[2].startswith(("_", ".")):
        raise EngineError("engine.failed", "Spark does not read files whose names begin with _ or .", where=path)
    return "".join(f"\\{c}" if c in "\\[]*?{}," else c for c in path)
