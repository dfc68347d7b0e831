"""The footer of a Parquet file: its columns, its row groups and what they tell of the values.

Read here and not by Spark, which would need a job for it, and tells no statistics. Fields are numbered as in
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from lakekit.domain.errors import EngineError
from lakekit_spark.files import LOCAL, Files
from lakekit_spark.thrift import read_struct

_MAGIC = b"PAR1"
_TAIL = 8
_GUESS = 2**16
"""Bytes in which most footers lie: one request for them."""

_NO_VALUES: dict[int, Any] = {}


@frozen
class Node:
    """A column, or a part of one. `about` is its SchemaElement; `logical` the number of its LogicalType, 0 for none,
    and `detail` what that says; `children` are empty for what holds values."""

    name: str
    about: dict[int, Any]
    children: tuple[Node, ...] = ()
    logical: int = 0
    detail: dict[int, Any] = field(factory=dict)

    @property
    def physical(self) -> int:
        return int(self.about.get(1, -1))

    @property
    def converted(self) -> int:
        return int(self.about.get(6, -1))

    @property
    def repeated(self) -> bool:
        return self.about.get(3) == 2


@frozen
class Chunk:
    """A column's values in one row group. The bounds are as Parquet writes them, None where they are not told."""

    nulls: int | None
    minimum: bytes | None
    maximum: bytes | None


@frozen
class Footer:
    """`chunks` has for each row group, by its rows, the columns that are not nested, by name."""

    rows: int
    columns: tuple[Node, ...]
    chunks: tuple[tuple[int, dict[str, Chunk]], ...]


def read_footer(file: str | Path, files: Files = LOCAL) -> Footer:
    """The footer of a file. Raises EngineError for one that is gone or no Parquet file."""
    try:
        found = read_struct(_bytes(str(file), files))
        nodes = iter(found[2])
        (root, *_) = _tree(nodes, 1)
        chunks = tuple((int(group[3]), _chunks(group[1])) for group in found.get(4, ()))
        return Footer(int(found[3]), root.children, chunks)
    except OSError as error:
        raise EngineError("engine.failed", "a file cannot be read", where=str(file), why=error.strerror or "") from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise EngineError("engine.failed", "a file is no Parquet file", where=str(file)) from None


def _bytes(file: str, files: Files) -> bytes:
    tail = files.end(file, _GUESS)
    length = int.from_bytes(tail[-_TAIL:-4], "little") + _TAIL
    if tail[-4:] == _MAGIC and length > len(tail):
        tail = files.end(file, length)
    if tail[-4:] != _MAGIC or length > len(tail):
        raise ValueError("no footer")
    return tail[-length:-_TAIL]


def _tree(elements: Iterator[dict[int, Any]], number: int) -> Iterator[Node]:
    """So many nodes of a schema told depth first."""
    for _ in range(number):
        about = next(elements)
        ((logical, detail),) = about.get(10, _NO_VALUES).items() or ((0, {}),)
        name = about[4].decode()
        yield Node(name, about, tuple(_tree(elements, about.get(5, 0))), logical, detail)


def _chunks(columns: Sequence[dict[int, Any]]) -> dict[str, Chunk]:
    told = (c[3] for c in columns)
    return {c[3][0].decode(): _chunk(c.get(12, _NO_VALUES)) for c in told if len(c[3]) == 1}


def _chunk(told: dict[int, Any]) -> Chunk:
    """A bound that is marked as inexact is none. The old pair of fields compares texts by signed bytes: not read."""
    low = told.get(6) if told.get(8, True) else None
    high = told.get(5) if told.get(7, True) else None
    return Chunk(told.get(3), low, high)
