"""What lakekit asks of every source, and what this one adds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lakekit.domain.batch import Bounds, Mode
from lakekit.domain.errors import ConfigError, SourceError
from lakekit.plugin.provider import Context
from lakekit.ports.source import Source
from lakekit.testing.source import CONTRACT, SourceSuite

Rows = Sequence[tuple[object, ...]]


def write(database: Path, columns: Sequence[str], rows: Rows) -> None:
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"CREATE TABLE orders ({names})")
        connection.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * len(columns))})", rows)


class TestSource(SourceSuite):
    provider = "example"

    def make(self, folder: Path, columns: Sequence[str], rows: Rows) -> Source:
        write(folder / "shop.db", columns, rows)
        return self.registered(context(folder, database="shop.db", table="orders"))

    def read(self, file: Path) -> Sequence[Mapping[str, object]]:
        return pq.read_table(file).to_pylist()


def context(folder: Path, **options: object) -> Context:
    return Context(folder, str(folder / "lake"), folder / "private", options)


def source(folder: Path, **options: object) -> Source:
    return TestSource().registered(context(folder, **options))


def failure(made: Source, folder: Path, cursor: str | None = None) -> SourceError:
    (folder / "landing").mkdir()
    with pytest.raises(SourceError) as caught:
        made.extract(CONTRACT, cursor, Bounds(), folder / "landing")
    return caught.value


@pytest.mark.parametrize("options", [{}, {"database": "shop.db"}, {"database": "a", "table": "b", "tabel": "c"}])
def test_options_that_are_not_the_two_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        source(tmp_path, **options)
    assert caught.value.code == "example.options"


def test_numbers_and_nulls_are_landed_as_texts_and_nulls(tmp_path: Path) -> None:
    write(tmp_path / "shop.db", ["id", "amount"], [(1, 0.5), (None, 2**62)])
    made = source(tmp_path, database="shop.db", table="orders")
    (part,) = made.extract(CONTRACT, None, Bounds(), tmp_path)
    landed = pq.read_table(tmp_path / part.path).to_pylist()
    assert landed == [{"id": "1", "amount": "0.5"}, {"id": None, "amount": str(2**62)}]


def test_more_rows_than_a_chunk_are_all_landed(tmp_path: Path) -> None:
    write(tmp_path / "shop.db", ["id"], [(i,) for i in range(25_000)])
    made = source(tmp_path, database="shop.db", table="orders")
    (part,) = made.extract(CONTRACT, None, Bounds(), tmp_path)
    assert part.rows == pq.read_metadata(tmp_path / part.path).num_rows == 25_000
    assert pq.read_metadata(tmp_path / part.path).num_row_groups == 3


def test_new_files_cannot_be_asked_of_a_table(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        source(tmp_path, database="shop.db", table="orders").bounds(Mode.FILES, None, None, frozenset())
    assert caught.value.code == "example.files"


def test_a_database_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    error = failure(source(tmp_path, database="shop.db", table="orders"), tmp_path)
    assert (error.code, error.what) == ("example.unreadable", "SQLite says SQLITE_CANTOPEN")
    assert not (tmp_path / "shop.db").exists()


def test_a_watermark_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    write(tmp_path / "shop.db", ["id", "placed"], [])
    error = failure(source(tmp_path, database="shop.db", table="orders"), tmp_path, cursor="day")
    assert (error.code, error.next) == ("example.no_column", "its columns are id, placed")


@pytest.mark.parametrize(
    ("value", "code"), [("x'00'", "example.blob"), ("CAST(x'68756e746572ff' AS TEXT)", "example.unreadable")]
)
def test_what_is_no_text_is_refused_and_not_shown(tmp_path: Path, value: str, code: str) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        connection.execute(f"CREATE TABLE orders AS SELECT {value} AS id")
    error = failure(source(tmp_path, database="shop.db", table="orders"), tmp_path)
    assert error.code == code
    assert "hunter" not in "\n".join(error.lines())
