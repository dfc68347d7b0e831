"""What this source adds to what lakekit asks of every source."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lakekit.domain.batch import Bounds, Mode
from lakekit.domain.errors import ConfigError, SourceError
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.source import Source
from lakekit.testing.source import CONTRACT


def source(folder: Path, **options: object) -> Source:
    context = Context(folder, str(folder / "lake"), folder / "private", options)
    return load_plugins().make(Port.SOURCE, "example", context)


def orders(folder: Path, definition: str) -> Source:
    """A source whose table is made by this SQL."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection, connection:
        connection.execute(f"CREATE TABLE orders {definition}")
    return source(folder, database="shop.db", table="orders")


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
    made = orders(tmp_path, f"AS SELECT 1 AS id, 0.5 AS amount UNION ALL SELECT NULL, {2**62}")
    (part,) = made.extract(CONTRACT, None, Bounds(), tmp_path)
    landed = pq.read_table(tmp_path / part.path).to_pylist()
    assert landed == [{"id": "1", "amount": "0.5"}, {"id": None, "amount": str(2**62)}]


def test_more_rows_than_a_chunk_are_all_landed(tmp_path: Path) -> None:
    made = orders(
        tmp_path,
        "AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 25000) SELECT id FROM n",
    )
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
    error = failure(orders(tmp_path, "(id, placed)"), tmp_path, cursor="day")
    assert (error.code, error.next) == ("example.no_column", "its columns are id, placed")


@pytest.mark.parametrize(
    ("value", "code"), [("x'00'", "example.blob"), ("CAST(x'68756e746572ff' AS TEXT)", "example.unreadable")]
)
def test_what_is_no_text_is_refused_and_not_shown(tmp_path: Path, value: str, code: str) -> None:
    error = failure(orders(tmp_path, f"AS SELECT {value} AS id"), tmp_path)
    assert error.code == code
    assert "hunter" not in "\n".join(error.lines())
