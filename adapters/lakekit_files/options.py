"""What an entry under `sources:` tells this adapter."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from attrs import frozen

from lakekit.domain.errors import ConfigError, SourceError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit_files.dialect import CELL_LINES, Dialect
from lakekit_files.encoding import UTF8, encoding_of
from lakekit_files.header import refuse_bad_names
from lakekit_files.plain import AS_IT_IS, Spelling

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.")

KEYS = (
    *("path", "format", "encoding", "skip_lines", "columns"),
    *("delimiter", "quote", "escape", "max_cell_lines"),
)
_MOST_LINES = 1_000_000


class Format(enum.Enum):
    """What a file holds; `JSON` is a line per object. Texts may be packed: `.csv.gz`, or `.csv.zip` with one file in
    it."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


@frozen
class FileOptions:
    """`path` is a file, a folder or a glob, relative to the project or absolute, or `s3://bucket/` and such a path in
    the bucket; `format` is None where each file's name tells it. `columns` are those of CSV files without a header."""

    path: str
    format: Format | None
    dialect: Dialect
    spelling: Spelling = AS_IT_IS
    columns: tuple[str, ...] = ()


def read_options(given: Mapping[str, object]) -> FileOptions:
    """The options. Raises ConfigError for an unknown key, a missing path, and a value that cannot be."""
    for key in given:
        if key not in KEYS:
            next_ = did_you_mean(nearest(key, KEYS)) or f"there are {', '.join(KEYS)}"
            raise _wrong(f"unknown option {key!r}", next_)
    path = given.get("path")
    if not isinstance(path, str) or not path.strip() or "\0" in path:
        raise _wrong("`path` is missing or not a text", "name a file, a folder, or a pattern such as data/orders/*.csv")
    if "://" in path and not _BUCKET.match(path):
        raise _wrong("`path` is neither a local path nor one in S3", "this adapter reads files, and s3://bucket/path")
    spelling = Spelling(_encoding(given.get("encoding", UTF8)), _number(given, "skip_lines", 0, least=0))
    return FileOptions(path, _format(given.get("format")), _dialect(given), spelling, _columns(given.get("columns")))


def _format(told: object) -> Format | None:
    if told is None:
        return None
    if told not in {f.value for f in Format}:
        raise _wrong(f"unknown format {told!r}", "write csv, json or parquet")
    return Format(told)


def _encoding(told: object) -> str:
    try:
        return encoding_of(str(told))
    except LookupError:
        raise _wrong(
            f"unknown encoding {told!r}", "write utf-8, utf-16, latin-1, cp1252, or another of Python's text encodings"
        ) from None


def _number(given: Mapping[str, object], key: str, default: int, least: int) -> int:
    told = given.get(key, default)
    if not isinstance(told, int) or isinstance(told, bool) or not least <= told <= _MOST_LINES:
        raise _wrong(f"`{key}` is not a whole number from {least} to {_MOST_LINES:,}", f"write it like {key}: 3")
    return told


def _columns(told: object) -> tuple[str, ...]:
    if told is None:
        return ()
    names = told if isinstance(told, list) else []
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise _wrong(
            "`columns` is not a list of names", "write it like columns: [id, amount]; with a header, leave it out"
        )
    try:
        refuse_bad_names(tuple(names), "columns")
    except SourceError as error:
        raise _wrong(f"`columns`: {error.what}", "rename one of them") from None
    return tuple(names)


def _dialect(given: Mapping[str, object]) -> Dialect:
    dialect = Dialect(
        delimiter=_character(given, "delimiter", ","),
        quote=_character(given, "quote", '"'),
        escape=_character(given, "escape", '"'),
        cell_lines=_number(given, "max_cell_lines", CELL_LINES, least=1),
    )
    if dialect.delimiter in {dialect.quote, dialect.escape}:
        raise _wrong("`delimiter` is also the quote or the escape", "these have to differ")
    return dialect


def _character(given: Mapping[str, object], key: str, default: str) -> str:
    told = given.get(key, default)
    if not isinstance(told, str) or len(told) != 1 or not told.isascii() or told in "\r\n\0 ":
        raise _wrong(
            f"`{key}` is not one ASCII character other than blank and line end",
            'write a tab as "\\t", in double quotes',
        )
    return told


def _wrong(what: str, next_: str) -> ConfigError:
    return ConfigError("config.files_option", what, where="adapter files", next=next_)
