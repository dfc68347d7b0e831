"""The Engine port over DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit.plugin.disk import Scratch, sync
from lakekit.plugin.once import once
from lakekit.ports.engine import Input, Written
from lakekit.ports.storage import ObjectStorage
from lakekit_duckdb.fence import fenced
from lakekit_duckdb.inputs import create_views, physical_columns, sql
from lakekit_duckdb.limits import Limits
from lakekit_duckdb.stats import column_stats

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from lakekit_duckdb.remote import LakeFiles

LANE = "_lane"
LARGEST_FILE = "1GB"


class DuckDBEngine:
    """One database in memory, opened at the first query. Each call works on a connection of its own."""

    def __init__(self, limits: Limits, temporary: Path, remote: ObjectStorage | None = None) -> None:
        """`temporary` is where the private folder for spilled rows is made; `remote` is the storage of a lake that is
        no folder."""
        self._remote = remote
        self._limits = limits
        self._temporary = temporary
        self._one_call = Lock()

    def columns(self, file: str) -> tuple[TableColumn, ...]:
        with self._cursor("reading a file's columns", {}) as cursor:
            return physical_columns(cursor, file)

    def write(self, query: exp.Query, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        with self._cursor("writing rows", inputs) as cursor:
            folder.mkdir(parents=True)
            copied = cursor.execute(_copy(query, folder)).fetchall()
            told = sorted(t for t in copied if t[1])
            columns = physical_columns(cursor, told[0][0]) if told else ()
            written = tuple(_written(t, columns) for t in told)
            # The files, and the folders that name them, survive a loss of power.
            for path in [*(w.path for w in written), *{w.path.parent for w in written}, folder, folder.parent]:
                sync(path)
            return written

    def rows(self, query: exp.Query, inputs: Mapping[str, Input]) -> Sequence[tuple[object, ...]]:
        with self._cursor("answering a query", inputs) as cursor:
            found: list[tuple[object, ...]] = cursor.execute(sql(query)).fetchall()
            return found

    def close(self) -> None:
        if "_database" in self.__dict__:
            import duckdb

            # After an interrupt other threads may still be asking; then it closes with the process.
            with self._one_call, suppress(duckdb.Error):
                self._database.close()
            del self._database
        if "_spill" in self.__dict__:
            self._spill.close()
            del self._spill

    @contextmanager
    def _cursor(self, doing: str, inputs: Mapping[str, Input]) -> Iterator[DuckDBPyConnection]:
        with self._storage_told(), fenced(doing):
            # DuckDB refuses a second call on a connection while it serves one, be it this short.
            with self._one_call:
                cursor = self._database.cursor()
            try:
                create_views(cursor, inputs)
                yield cursor
            finally:
                cursor.close()

    @contextmanager
    def _storage_told(self) -> Iterator[None]:
        """Where a query failed because the lake's storage did, its own error says what to do."""
        try:
            yield
        except EngineError:
            if self._files is not None and self._files.failed is not None:
                failed, self._files.failed = self._files.failed, None
                raise failed from None
            raise

    @once
    def _files(self) -> LakeFiles | None:
        if self._remote is None:
            return None
        from lakekit_duckdb.remote import LakeFiles

        return LakeFiles(self._remote)

    @once
    def _spill(self) -> Scratch:
        return Scratch(self._temporary)

    @once
    def _database(self) -> DuckDBPyConnection:
        import duckdb

        database = duckdb.connect(
            config={
                "memory_limit": f"{self._limits.memory}B",
                "threads": self._limits.threads,
                "temp_directory": str(self._spill.folder),
                # Rows are told apart by file and place, never by their order; keeping it costs a third more.
                "preserve_insertion_order": False,
                # Rows that a thread gathers per lane before it writes a row group: the default takes gigabytes.
                "partitioned_write_flush_threshold": 16_384,
                # All that is needed is built in; nothing may come from the network, or from Python's variables.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "python_enable_replacements": False,
            }
        )
        if self._files is not None:
            database.register_filesystem(self._files)
        database.execute("SET GLOBAL TimeZone = 'UTC'")
        # in_clause makes a join of every list of allowed values: with fifty of them forty times the work. The other
        # sorts texts as numbers where statistics say that they are short, and those of lists in files of DuckDB 1.5
        # say so of any text: it came out cut (seen in 1.5.6 and 2.0.1).
        database.execute("SET GLOBAL disabled_optimizers = 'in_clause,compressed_materialization'")
        # DuckDB turns it on where it believes that a person is looking; it writes to stdout. Cursors take it over.
        database.execute("SET enable_progress_bar = false")
        database.execute("SET lock_configuration = true")
        return database


def _copy(query: exp.Query, folder: Path) -> str:
    """One COPY, partitioned by lane where there are lanes."""
    lanes = LANE in query.named_selects
    options = ["FORMAT parquet", "RETURN_STATS true"]
    if lanes:
        options.append(f'PARTITION_BY ("{LANE}")')
    if not lanes or _can_limit_partitions():
        options.append(f"FILE_SIZE_BYTES '{LARGEST_FILE}'")
    return f"COPY ({sql(query)}) TO {sql(exp.Literal.string(str(folder)))} ({', '.join(options)})"


def _can_limit_partitions() -> bool:
    import duckdb

    return int(duckdb.__version__.split(".")[0]) >= 2


def _written(told: tuple[Any, ...], columns: Sequence[TableColumn]) -> Written:
    path, rows, size, _, stats, partition = told[:6]
    return Written(partition[LANE] if partition else "", Path(path), size, rows, column_stats(stats, columns))
