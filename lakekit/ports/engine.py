"""What evaluates lakekit's query trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

from lakekit.domain.batch import ColumnStats
from lakekit.domain.schema import TableColumn

if TYPE_CHECKING:
    from sqlglot import exp


@frozen
class Input:
    """Parquet files that a query names as one table, one or more; with `columns` there may be none. All have the same
    columns, in the same order.

    With `positions` the table's columns are called `c0`, `c1`, … in their order, since names that a source chose may
    collide, and two more are `_file` (the file, as written in `files`) and `_place` (the row's place in it, from 0).
    With `columns` the files need not agree: the table has these columns, and one that a file lacks is NULL in its rows.
    A number may be of a narrower type in a file than its column is.
    `partitions` may then tell, by file and column, the one value that all its rows have, as a canonical text; it counts
    for more than what the file holds. With both, the columns keep their
    names, and `_file` alone is beside them.
    """

    files: tuple[str, ...]
    positions: bool = False
    columns: tuple[TableColumn, ...] | None = None
    partitions: Mapping[str, Mapping[str, str | None]] = field(factory=dict)

    def by_partition(self) -> Mapping[tuple[tuple[str, str | None], ...], Sequence[str]]:
        """The files by what `partitions` tells of them, in their order."""
        told: dict[tuple[tuple[str, str | None], ...], list[str]] = {}
        for file in self.files:
            told.setdefault(tuple(sorted(self.partitions.get(file, {}).items())), []).append(file)
        return told


@frozen
class Written:
    """A Parquet file that the engine wrote: one lane's rows, sizes in bytes, statistics of its top-level columns."""

    lane: str
    path: Path
    size: int
    rows: int
    stats: dict[str, ColumnStats] = field(factory=dict)


class Engine(Protocol):
    """Runs trees built by `lakekit.sql`. Every failure, out of memory and disk full included, raises EngineError."""

    def columns(self, file: str) -> tuple[TableColumn, ...]:
        """The physical columns of a Parquet file, in order, types in Spark DDL."""
        ...

    def write(self, query: exp.Query, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        """Evaluate `query` once and write its rows as Parquet files into the new folder `folder`.

        Where the query has a column `_lane` (text), rows go to one file or more per lane, without that column;
        otherwise the lane is "". A lane without rows has no file.
        """
        ...

    def rows(self, query: exp.Query, inputs: Mapping[str, Input]) -> Sequence[tuple[object, ...]]:
        """Evaluate `query` and return its rows. For counts and other small results; moments are asked for as texts, as
        drivers have moments of their own."""
        ...

    def close(self) -> None:
        """Free memory, processes and temporary files."""
        ...
