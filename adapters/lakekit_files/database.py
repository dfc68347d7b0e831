"""DuckDB as a reader and writer of files: in memory, bounded, and behind a fence."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlglot import exp

from lakekit.domain.errors import SourceError
from lakekit.plugin.disk import sync
from lakekit_files.stretch import Tell, watching

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "512MB"
THREADS = 4
GROUP, GROUP_BYTES = 122_880, 32_000_000
"""Rows of a row group, and their bytes as text: each thread holds some groups until they are written."""


class Refused(Exception):
    """DuckDB cannot read the file as it was told to. Its text is kept away: it quotes rows."""


class Database:
    """A database of its own, which spills into the folder `private`."""

    def __init__(self, private: Path) -> None:
        import duckdb

        self._connection: DuckDBPyConnection = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "threads": min(THREADS, os.cpu_count() or 1),
                "temp_directory": str(private / "spill"),
                # A row's place in a landed part is its position in the source.
                "preserve_insertion_order": True,
                # Files are named by number (/dev/fd/7), and a number soon means another file.
                "enable_external_file_cache": False,
                # All that is needed is built in; nothing may come from the network, or from Python's variables.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "python_enable_replacements": False,
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        # Without it there is no `query_progress`; but never on the terminal.
        self._connection.execute("SET enable_progress_bar = true")
        self._connection.execute("SET enable_progress_bar_print = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """The query's rows. Raises Refused, and SourceError for a lack of memory or space."""
        with _fenced():
            return self._connection.execute(_sql(query)).fetchall()

    def types(self, query: exp.Query) -> dict[str, str]:
        """The query's columns and their DuckDB types, without running it."""
        with _fenced():
            relation = self._connection.sql(_sql(query))
            return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def copy(self, query: exp.Query, target: Path, group: int = GROUP, tell: Tell = lambda _: None) -> int:
        """Write the query's rows to the Parquet file `target`, in their order and in row groups of `group`, and return
        how many there are. `tell` is told meanwhile how much of what is read has been."""
        to = f"{_sql(exp.Literal.string(str(target)))} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {group})"
        with _fenced(), watching(lambda: self._connection.query_progress() / 100, tell):
            (told,) = self._connection.execute(f"COPY ({_sql(query)}) TO {to}").fetchall()
        sync(target)
        rows: int = told[0]
        return rows

    def count(self, reader: exp.Table) -> int:
        """How many rows `reader` has."""
        ((rows,),) = self.rows(exp.select(exp.Count(this=exp.Star())).from_(reader))
        return int(rows)

    def insert(self, table: str, lines: Sequence[int], texts: Sequence[str]) -> None:
        """Add rows to a table of the columns `_row` and `_raw`, which is made when it is not there."""
        name = _sql(exp.to_identifier(table))
        with _fenced():
            self._connection.execute(f'CREATE TABLE IF NOT EXISTS {name} ("_row" BIGINT, "_raw" VARCHAR)')
            self._connection.execute(
                f"INSERT INTO {name} SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[])",
                [list(lines), list(texts)],
            )

    def drop(self, table: str) -> None:
        """Remove a table."""
        with _fenced():
            self._connection.execute(f"DROP TABLE {_sql(exp.to_identifier(table))}")


def group_for(size: int, rows: int) -> int:
    """How many rows a row group may have where `rows` rows have `size` bytes of text; a multiple of 2048, which is how
    many DuckDB works on at once."""
    wanted = GROUP_BYTES * max(rows, 1) // max(size, 1)
    return min(GROUP, max(2048, wanted // 2048 * 2048))


def disk_full() -> SourceError:
    """What is read goes to the landing zone, and so does what does not fit into memory."""
    return SourceError("source.disk_full", "the disk is full", next="free space where the lake lies, and run again")


def _sql(tree: exp.Expr) -> str:
    return tree.sql("duckdb", identify=True, comments=False)


@contextmanager
def _fenced() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise SourceError(
            "source.out_of_memory", f"{MEMORY} are not enough to read the file", why="its rows are very wide"
        ) from None
    except RuntimeError:
        raise KeyboardInterrupt from None  # what DuckDB makes of Ctrl-C; it has no other use for this class
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise disk_full() from None
        raise Refused from None
