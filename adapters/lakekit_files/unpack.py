"""Packed CSV files, unpacked to a private file: DuckDB reads neither zip files, nor what it cannot seek in."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from lakekit.domain.errors import SourceError

_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
"""The last two are how zipfile says that a member is encrypted, or packed in a way that it does not know."""


@contextmanager
def unpacked(file: BinaryIO, name: str, folder: Path) -> Iterator[BinaryIO]:
    """`file`, or what is packed in it, by the ending of its name. Raises SourceError `source.corrupt` and
    `source.not_one_file`."""
    ending = Path(name).suffix.lower()
    if ending not in {".gz", ".zip"}:
        yield file
        return
    plain = folder / "unpacked.csv"
    with plain.open("wb+") as target:
        try:
            with _member(file, name, ending) as packed:
                while chunk := packed.read(_CHUNK):
                    target.write(chunk)
        except _BROKEN as error:
            raise SourceError(
                "source.corrupt",
                "the file cannot be unpacked",
                where=name,
                why=type(error).__name__,
                next="fetch it again",
            ) from None
        target.flush()
        yield target
    plain.unlink()


class Readable(Protocol):
    """What both kinds of packed files are."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""
        ...


@contextmanager
def _member(file: BinaryIO, name: str, ending: str) -> Iterator[Readable]:
    if ending == ".gz":
        with gzip.open(file) as packed:
            yield packed
        return
    with zipfile.ZipFile(file) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            raise SourceError("source.not_one_file", f"the archive holds {len(members)} files, not one", where=name)
        with archive.open(members[0]) as packed:
            yield packed
