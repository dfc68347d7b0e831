"""Files of a partitioned table hold one combination of values each; those that do already are not written again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from lakekit.app.parts import split
from lakekit.domain.names import parse_dataset
from lakekit.domain.schema import TableColumn
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine, Written

COLUMNS = (TableColumn("n", "long"), TableColumn("g", "string"), TableColumn("m", "int"))
BY = ("g", "m")
Row = tuple[int, str | None, int | None]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made: Engine = load_plugins().make(Port.ENGINE, "duckdb", Context(tmp_path, str(tmp_path), tmp_path / "private"))
    return made


def written(file: Path, rows: Sequence[Row]) -> Written:
    pl.DataFrame(rows, schema={"n": pl.Int64, "g": pl.String, "m": pl.Int32}, orient="row").write_parquet(file)
    return Written("", file, file.stat().st_size, len(rows))


def test_files_of_one_partition_stay_and_the_others_are_split(engine: Engine, tmp_path: Path) -> None:
    files = (
        written(tmp_path / "one.parquet", [(1, "a", 1), (2, "a", 1)]),
        written(tmp_path / "none.parquet", [(3, None, None)]),
        written(tmp_path / "several.parquet", [(4, "a", 1), (5, "a", 2), (6, None, 2)]),
        written(tmp_path / "two.parquet", [(7, "b", None), (8, "b", 1)]),
    )
    laid, told = split(engine, parse_dataset("gold.t"), COLUMNS, files, BY, tmp_path / "split")
    assert {w.path for w in files[:2]} < {w.path for w in laid}
    found = {(row, tuple(told[w.path][name] for name in BY)) for w in laid for row in pl.read_parquet(w.path).rows()}
    rows = [row for file in files for row in pl.read_parquet(file.path).rows()]
    assert found == {(row, (row[1], None if row[2] is None else str(row[2]))) for row in rows}
    assert sum(w.rows for w in laid) == len(rows)
    assert told.keys() == {w.path for w in laid}


def test_where_each_file_is_of_one_partition_nothing_is_written(engine: Engine, tmp_path: Path) -> None:
    files = (written(tmp_path / "a.parquet", [(1, "a", 1)]), written(tmp_path / "b.parquet", [(2, "a", 1)]))
    laid, told = split(engine, parse_dataset("gold.t"), COLUMNS, files, BY, tmp_path / "split")
    assert laid == files
    assert [told[w.path] for w in laid] == [{"g": "a", "m": "1"}] * 2
    assert not (tmp_path / "split").exists()
