"""Texts that are packed, in another encoding, or begin with other lines: made plain in a private file, for DuckDB reads
neither zip files, nor what it cannot seek in, nor much else than UTF-8."""

from __future__ import annotations

import gzip
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit_files.encoding import UTF8, transcoded
from lakekit_files.stretch import Tell
from lakekit_files.tally import CHUNK, Readable

PACKED = (".gz", ".zip", ".zst")

_LINE_END = re.compile(b"\r\n|\n|\r")
_LONGEST_PREAMBLE = 1 << 24
_BROKEN = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
"""The last two are how zipfile says that a member is encrypted, or packed in a way that it does not know."""


@frozen
class Spelling:
    """`encoding` is one of Python's names; the first `skip_lines` lines, each ended by LF, CRLF or CR, are no part of
    the text."""

    encoding: str = UTF8
    skip_lines: int = 0


AS_IT_IS = Spelling()


def is_plain(name: str, spelling: Spelling) -> bool:
    """Whether a file of that name is read as it is."""
    return Path(name).suffix.lower() not in PACKED and spelling == AS_IT_IS


@contextmanager
def plain(file: BinaryIO, name: str, spelling: Spelling, folder: Path, tell: Tell) -> Iterator[BinaryIO]:
    """The text of `file` in UTF-8, unpacked by the ending of its `name`: the file itself where it is just that, which
    `is_plain` tells. `tell` is told how much of the file as it is has been made so.

    Raises SourceError: `source.corrupt` and `source.not_one_file` for what cannot be unpacked, `source.no_header` for a
    text that has fewer lines than are skipped.
    """
    ending = Path(name).suffix.lower()
    if is_plain(name, spelling):
        yield file
        return
    path = folder / "plain"
    with path.open("wb+") as target:
        with _unpacked(file, name, ending) as packed:
            text = transcoded(_chunks(packed, name, ending, _told(file, tell)), spelling.encoding)
            target.writelines(_after(text, spelling.skip_lines, name) if spelling.skip_lines else text)
        target.flush()
        yield target
    path.unlink()


@contextmanager
def _unpacked(file: BinaryIO, name: str, ending: str) -> Iterator[Readable]:
    with ExitStack() as stack:
        with _fence(name, ending):
            packed = _opened(file, name, ending, stack)
        yield packed


def _opened(file: BinaryIO, name: str, ending: str, stack: ExitStack) -> Readable:
    file.seek(0)
    if ending == ".gz":
        return stack.enter_context(gzip.open(file))
    if ending == ".zst":
        unpacked: Readable = stack.enter_context(_zstd().open(file))
        return unpacked
    if ending != ".zip":
        return file
    archive = stack.enter_context(zipfile.ZipFile(file))
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise SourceError("source.not_one_file", f"the archive holds {len(members)} files, not one", where=name)
    return stack.enter_context(archive.open(members[0]))


def _told(file: BinaryIO, tell: Tell) -> Callable[[], None]:
    """By where the file stands, whatever comes out of it."""
    size = max(os.fstat(file.fileno()).st_size, 1)
    return lambda: tell(file.tell() / size)


def _chunks(packed: Readable, name: str, ending: str, told: Callable[[], None]) -> Iterator[bytes]:
    while True:
        with _fence(name, ending):
            chunk = packed.read(CHUNK)
        told()
        if not chunk:
            return
        yield chunk


@contextmanager
def _fence(name: str, ending: str) -> Iterator[None]:
    broken = (*_BROKEN, _zstd().ZstdError) if ending == ".zst" else _BROKEN
    try:
        yield
    except broken as error:
        raise SourceError(
            "source.corrupt",
            "the file cannot be unpacked",
            where=name,
            why=type(error).__name__,
            next="fetch it again",
        ) from None


def _zstd() -> Any:
    """What Python has itself from 3.14 on."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _after(text: Iterable[bytes], lines: int, name: str) -> Iterator[bytes]:
    """`text` without its first lines. Raises SourceError `source.no_header` when it has no more, or these are longer
    than can be meant."""
    head, chunks = b"", iter(text)
    for chunk in chunks:
        head += chunk
        found = next(islice(_LINE_END.finditer(head), lines - 1, None), None)
        # A CR at the end may be half of a CRLF.
        if found and found.end() < len(head):
            yield head[found.end() :]
            yield from chunks
            return
        if len(head) > _LONGEST_PREAMBLE:
            break
    raise SourceError(
        "source.no_header",
        f"nothing is there to read after the first {lines} lines",
        where=name,
        next="correct `skip_lines`",
    )
