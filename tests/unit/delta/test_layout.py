"""The shape of tables that others made."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, write_deltalake

from lakekit.domain.upkeep import TableShape
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context
from lakekit_delta.layout import shape_of
from lakekit_delta.place import Place


def shape(folder: Path, *columns: str) -> TableShape:
    storage = load_plugins().storage(Context(folder, str(folder), folder))
    return shape_of(Place(storage, "t"), DeltaTable(folder / "t"), columns)


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    """Two partitions, one of them with a blank in its name, of two files each."""
    for n in (1, 2):
        frame = pl.DataFrame({"day": ["a b", "c"], "id": [n, 10 * n], "at": [datetime(2026, 1, n, tzinfo=UTC)] * 2})
        write_deltalake(tmp_path / "t", frame, mode="append", partition_by=["day"])
    return tmp_path


def test_files_are_told_by_partition(parted: Path) -> None:
    found = shape(parted, "id", "at", "day")
    assert found.partitions == ("day",)
    ranges = sorted(sorted(map(str, part.ranges["id"])) for part in found.layout)
    assert ranges == [["(1, 1)", "(2, 2)"], ["(10, 10)", "(20, 20)"]]
    assert sorted(size for part in found.layout for size in part.files) == sorted(found.files)
    assert (found.tells("at"), found.tells("day")) == (True, False)


@pytest.mark.parametrize("who", ["we", "Spark"])
def test_a_clustering_is_known_by_what_its_writer_says(parted: Path, who: str) -> None:
    metadata = {"lakekit.clusteredBy": json.dumps(["id"])} if who == "we" else {}
    DeltaTable(parted / "t").optimize.z_order(["id"], commit_properties=CommitProperties(custom_metadata=metadata))
    if who == "Spark":
        log = parted / "t" / "_delta_log" / f"{DeltaTable(parted / 't').version():020}.json"
        by = json.dumps(json.dumps(["id"]))
        log.write_text(log.read_text().replace('"predicate":"[]"', f'"predicate":"[]","zOrderBy":{by}'))
    assert shape(parted, "id").clustered == sum(shape(parted).files)
    assert shape(parted, "at").clustered == 0
