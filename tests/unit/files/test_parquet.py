"""Parquet files that are landed as they are, and those that are none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lakekit.domain.errors import SourceError
from tests.unit.files.conftest import Land


def write(file: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.sql(query).write_parquet(str(file))


def test_a_file_is_landed_byte_by_byte(land: Land, tmp_path: Path) -> None:
    file = tmp_path / "it's [1]*.parquet"
    write(file, "SELECT range AS id FROM range(5000)")
    told = land(None, file.name)
    assert [(part.rows, part.size, part.source) for part in told.parts] == [(5000, file.stat().st_size, file.name)]
    assert [p.read_bytes() for p in tmp_path.glob("landing-*/*")] == [file.read_bytes()]


def test_a_folder_named_like_a_partition_adds_no_column(land: Land, tmp_path: Path) -> None:
    (tmp_path / "day=2024-01-01").mkdir()
    write(tmp_path / "day=2024-01-01" / "a.parquet", "SELECT 1 AS id")
    assert land(None, "day=2024-01-01/a.parquet").columns == ("id",)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"a,b\n1,2\n", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_an_error(land: Land, data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        land(data, "data.parquet")
    assert caught.value.code == "source.not_parquet"


def test_a_truncated_file_is_an_error(land: Land, tmp_path: Path) -> None:
    write(tmp_path / "whole.parquet", "SELECT range AS id FROM range(5000)")
    with pytest.raises(SourceError) as caught:
        land((tmp_path / "whole.parquet").read_bytes()[:-10], "data.parquet")
    assert caught.value.code == "source.not_parquet"
    assert caught.value.__cause__ is None


def test_columns_whose_names_differ_in_case_alone_are_an_error(land: Land, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    polars.DataFrame({"id": [1], "ID": [2]}).write_parquet(tmp_path / "data.parquet")
    with pytest.raises(SourceError) as caught:
        land(None, "data.parquet")
    assert caught.value.code == "source.duplicate_columns"
