"""What engines promise of files that the shipped suite cannot ask a plugin author to make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.tree import column, table

Land = Callable[[str], str]


def test_maps_are_told_as_spark_ddl_and_have_no_statistics(
    engine: Engine, land_typed: Land, folders: Iterator[Path]
) -> None:
    file = land_typed("SELECT MAP(['a'], [1::BIGINT]) AS m, 1 AS n")
    assert engine.columns(file) == (TableColumn("m", "map<string,long>"), TableColumn("n", "int"))
    query = exp.Select(expressions=[exp.Star()]).from_(table("t"))
    (written,) = engine.write(query, {"t": Input((file,))}, next(folders))
    assert set(written.stats) == {"n"}


@pytest.mark.everywhere
def test_places_count_across_row_groups(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "groups.parquet"
    pl.DataFrame({"n": range(10_000)}).write_parquet(file, row_group_size=700)
    moved = exp.NEQ(this=column("_place"), expression=column("c0"))
    query = exp.Select(expressions=[exp.Count(this=exp.Star())]).from_(table("t")).where(moved)
    assert list(engine.rows(query, {"t": Input((str(file),), positions=True)})) == [(0,)]
