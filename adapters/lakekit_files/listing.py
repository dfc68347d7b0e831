"""Files of this host: which there are, and whether they are still what they were."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from lakekit.domain.batch import FileMark
from lakekit.domain.errors import SourceError
from lakekit_files.options import FileOptions, Format
from lakekit_files.plain import PACKED

_TEXTS = {"csv": Format.CSV, "jsonl": Format.JSON, "ndjson": Format.JSON, "json": Format.JSON}
_SUFFIXES = {
    **{f".{name}{packed}": format_ for packed in ("", *PACKED) for name, format_ in _TEXTS.items()},
    ".parquet": Format.PARQUET,
}


def find(root: Path, options: FileOptions) -> tuple[FileMark, ...]:
    """The files now, sorted by path. What exists under the very name `path` counts before what it matches as a pattern.

    Of a folder these are the files directly in it, without hidden ones and, unless the format is given, only those
    whose name tells it. Raises SourceError `source.no_files`.
    """
    named = root / options.path
    try:
        paths = sorted(os.path.normpath(path) for path in _paths(root, named, options) if Path(path).is_file())
        marks = tuple(_mark(Path(path), root) for path in paths)
    except OSError as error:
        raise unreadable(options.path, error) from None
    if not marks:
        raise no_files(str(named))
    return marks


def counts(name: str, options: FileOptions) -> bool:
    """Whether a file of that name is one of its folder's: hidden ones are none, nor those whose format nobody tells."""
    return not name.startswith(".") and bool(options.format or _told(name))


def format_of(mark: FileMark, options: FileOptions) -> Format:
    """The format that the options or the file's name tell. Raises SourceError `source.unknown_format`."""
    told = options.format or _told(Path(mark.path).name)
    if told is None:
        raise SourceError(
            "source.unknown_format",
            "the file's name does not tell its format",
            where=mark.path,
            next=f"set `format` to csv, json or parquet, or name it *{', *'.join(_SUFFIXES)}",
        )
    return told


@contextmanager
def unchanged(root: Path, mark: FileMark) -> Iterator[BufferedReader]:
    """The marked file, open. Raises SourceError `source.file_changed` when it is not what the mark says, before or
    after what is done with it."""
    path = root / mark.path
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise changed(mark, "it is gone") from None
    except OSError as error:
        raise unreadable(mark.path, error) from None
    with file:
        _compare(os.fstat(file.fileno()), mark)
        yield file
        _compare(os.fstat(file.fileno()), mark)
        try:
            _compare(path.stat(), mark)
        except OSError:
            raise changed(mark, "it is gone") from None


def no_files(where: str) -> SourceError:
    """Nothing is there to read: more likely a slip than a day without files."""
    return SourceError(
        "source.no_files",
        "no file is there to read",
        where=where,
        next="correct `path`, or put the first file there",
    )


def changed(mark: FileMark, why: str) -> SourceError:
    """A file that is not the one that the batch was opened for."""
    return SourceError(
        "source.file_changed",
        "the file is not what it was when the batch was opened",
        where=mark.path,
        why=why,
        next="run again when it is complete; write files elsewhere, and move them into place then",
    )


def unreadable(path: str, error: OSError) -> SourceError:
    """A file that the system does not let us read."""
    return SourceError(
        "source.unreadable", "the file cannot be read", where=path, why=error.strerror or type(error).__name__
    )


def _paths(root: Path, named: Path, options: FileOptions) -> Iterator[str]:
    if named.is_file():
        yield str(named)
    elif named.is_dir():
        for path in named.iterdir():
            if counts(path.name, options):
                yield str(path)
    else:
        # Path.glob refuses absolute patterns.
        for found in glob.iglob(options.path, root_dir=root, recursive=True):  # noqa: PTH207
            yield str(root / found)


def _mark(path: Path, root: Path) -> FileMark:
    found = path.stat()
    told = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    try:
        told.encode()
    except UnicodeEncodeError:
        raise SourceError(
            "source.file_name",
            "a file's name is not valid UTF-8",
            where=str(path.parent),
            why=repr(path.name),
            next="rename it",
        ) from None
    return FileMark(told, found.st_size, found.st_mtime_ns)


def _told(name: str) -> Format | None:
    lower = name.lower()
    return next((format_ for suffix, format_ in _SUFFIXES.items() if lower.endswith(suffix)), None)


def _compare(found: os.stat_result, mark: FileMark) -> None:
    if (found.st_size, found.st_mtime_ns) != (mark.size, mark.modified_ns) or not stat.S_ISREG(found.st_mode):
        raise changed(mark, "its size or time of modification is another")
