"""Accepted rows are split by the values of columns: every file has one combination, and no row is lost or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from lakekit.app.parts import parts
from lakekit.app.parts import split as split_by_partition
from lakekit.domain.errors import GateError
from lakekit.domain.names import parse_dataset
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.domain.table_options import PARTITION_KINDS
from lakekit.ports.engine import Engine, Input, Written
from lakekit.sql.lanes import ACCEPTED, is_accepted, lanes_query
from lakekit.sql.partitions import parts_query
from lakekit.sql.tree import column, table
from tests.conformance.engine.batches import STAMP, batches, examples, landed, lane, read_accepted
from tests.conformance.engine.conftest import Texts
from tests.conformance.engine.files import land as write
from tests.conformance.engine.files import read
from tests.conformance.engine.test_lanes import Batch

DATASET = parse_dataset("gold.t")


def without_bounds(files: Sequence[Written]) -> list[Written]:
    """The same files, of which only a look at their rows tells what they hold."""
    return [evolve(file, stats={}) for file in files]


def told_parts(engine: Engine, columns: list[str], files: Sequence[Written], by: list[str]) -> object:
    """What the files hold, or the code of what is wrong with it."""
    try:
        return parts(engine, DATASET, columns, files, by)
    except GateError as error:
        return error.code


@examples(30)
@given(batches(), st.data())
def test_each_combination_has_files_of_its_own(
    engine: Engine, land: Texts, folders: Iterator[Path], batch: Batch, data: st.DataObject
) -> None:
    contract, cursor, texts = batch
    able = [c.name for c in contract.columns if c.type.kind in PARTITION_KINDS]
    by = data.draw(st.lists(st.sampled_from([*able, "_run_date"]), unique=True, min_size=1, max_size=3))
    groups, inputs = landed(engine, land, texts)
    whole = engine.write(lanes_query(contract, cursor, groups, STAMP), inputs, next(folders))
    split = engine.write(lanes_query(contract, cursor, groups, STAMP, partitions=by), inputs, next(folders))
    accepted = [written for written in split if is_accepted(written.lane)]
    assert read_accepted(engine, contract, accepted) == read_accepted(engine, contract, lane(whole, ACCEPTED))
    assert {w.lane: w.rows for w in split if not is_accepted(w.lane)}.keys() <= {w.lane for w in whole}
    if not accepted:
        return
    numbers = {c.name: f"c{i}" for i, c in enumerate(bronze_columns(contract))}
    files = tuple(str(written.path) for written in accepted)
    found = engine.rows(parts_query([numbers[n] for n in by], "t"), {"t": Input(files, positions=True)})
    assert sorted(str(row[0]) for row in found) == sorted(files)
    assert len({row[1:] for row in found}) == len({written.lane for written in accepted})
    columns = [c.name for c in bronze_columns(contract)]
    told, by_rows = (told_parts(engine, columns, files, by) for files in (accepted, without_bounds(accepted)))
    assert told == by_rows


@pytest.mark.everywhere
def test_a_partitions_value_counts_for_more_than_what_a_file_holds(engine: Engine, tmp_path: Path) -> None:
    columns = (TableColumn("id", "long"), TableColumn("day", "date"), TableColumn("kind", "string"))
    frames = (
        pl.DataFrame({"id": [1, 2]}),
        pl.DataFrame({"id": [3], "DAY": ["x"]}),
        pl.DataFrame({"id": [4], "kind": ["own"]}),
    )
    files = [str(tmp_path / f"{i}.parquet") for i, _ in enumerate(frames)]
    for frame, file in zip(frames, files, strict=True):
        frame.write_parquet(file)
    told = {files[0]: {"day": "2026-01-31", "kind": "a'b"}, files[1]: {"day": None, "kind": ""}}
    query = exp.Select(expressions=[column(c.name) for c in columns]).from_(table("t"))
    found = engine.rows(query, {"t": Input(tuple(files), columns=columns, partitions=told)})
    assert sorted((i, str(day), kind) for i, day, kind in found) == [
        (1, "2026-01-31", "a'b"),
        (2, "2026-01-31", "a'b"),
        (3, "None", ""),
        (4, "None", "own"),
    ]


@pytest.mark.everywhere
def test_files_of_several_shapes_are_told_apart_whatever_their_columns_are_called(
    engine: Engine, tmp_path: Path
) -> None:
    columns = (TableColumn("id", "long"), TableColumn("filename", "string"), TableColumn("day", "date"))
    frames = {"a b": {"id": [1, 2], "filename": ["x", "y"]}, "c%20[d]": {"id": [3]}}
    files = {name: str(tmp_path / f"{name}.parquet") for name in frames}
    for name, frame in frames.items():
        pl.DataFrame(frame).write_parquet(files[name])
    told = Input(tuple(files.values()), positions=True, columns=columns, partitions={files["a b"]: {"day": None}})
    query = exp.Select(expressions=[column(c) for c in ("id", "filename", "_file")]).from_(table("t"))
    assert sorted(engine.rows(query, {"t": told})) == [
        (1, "x", files["a b"]),
        (2, "y", files["a b"]),
        (3, None, files["c%20[d]"]),
    ]


@pytest.mark.everywhere
def test_an_input_without_files_has_its_columns_and_no_row(engine: Engine) -> None:
    columns = (TableColumn("id", "long"), TableColumn("tags", "map<string,array<decimal(10,2)>>"))
    query = exp.Select(expressions=[column(c) for c in ("id", "tags", "_file")]).from_(table("t"))
    assert list(engine.rows(query, {"t": Input((), columns=columns, positions=True)})) == []


SPLIT = (TableColumn("n", "long"), TableColumn("g", "string"), TableColumn("m", "int"))


def written(file: Path, *rows: tuple[int, str | None, int | None]) -> Written:
    """A file of such rows."""
    write(file, {c.name: c.type for c in SPLIT}, rows)
    return Written("", file, file.stat().st_size, len(rows))


def test_files_of_one_partition_stay_and_the_others_are_split(
    engine: Engine, tmp_path: Path, folders: Iterator[Path]
) -> None:
    files = (
        written(tmp_path / "one.parquet", (1, "a", 1), (2, "a", 1)),
        written(tmp_path / "none.parquet", (3, None, None)),
        written(tmp_path / "several.parquet", (4, "a", 1), (5, "a", 2), (6, None, 2)),
        written(tmp_path / "two.parquet", (7, "b", None), (8, "b", 1)),
    )
    laid, told = split_by_partition(engine, DATASET, SPLIT, files, ("g", "m"), next(folders))
    assert {w.path for w in files[:2]} < {w.path for w in laid}
    found = {(row, tuple(told[w.path][name] for name in ("g", "m"))) for w in laid for row in read(w.path)[1]}
    rows = [row for file in files for row in read(file.path)[1]]
    assert found == {(row, (row[1], None if row[2] is None else str(row[2]))) for row in rows}
    assert sum(w.rows for w in laid) == len(rows)
    assert told.keys() == {w.path for w in laid}


def test_where_each_file_is_of_one_partition_nothing_is_written(
    engine: Engine, tmp_path: Path, folders: Iterator[Path]
) -> None:
    files = (written(tmp_path / "a.parquet", (1, "a", 1)), written(tmp_path / "b.parquet", (2, "a", 1)))
    folder = next(folders)
    laid, told = split_by_partition(engine, DATASET, SPLIT, files, ("g", "m"), folder)
    assert laid == files
    assert [told[w.path] for w in laid] == [{"g": "a", "m": "1"}] * 2
    assert not folder.exists()
