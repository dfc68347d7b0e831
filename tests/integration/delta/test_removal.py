"""Files that a commit takes away: what the log says then, and what others make of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import duckdb
import polars as pl
import pytest
from deltalake.transaction import RemoveAction

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import Definition
from lakekit.ports.table_store import Commit
from lakekit_delta.place import Place
from lakekit_delta.spelling import refuse_spelling
from lakekit_delta.upkeep import DeltaUpkeep
from lakekit_local.storage import LocalStorage

COLUMNS = (TableColumn("id", "long"), TableColumn("city", "string"), TableColumn("day", "date"))
CITIES = ("a b", "ü\"'", None, "50%/x=y")
DAY = "2026-01-31"


@pytest.fixture
def split(orders: Any) -> Any:
    """A table of a file per city, with the ids 0, 1, …, and a feed of changes."""
    orders.store.ensure(
        orders.name, COLUMNS, Definition(("city", "day"), properties={"delta.enableChangeDataFeed": "true"})
    )
    add(orders, 1, [(number, city) for number, city in enumerate(CITIES)])
    return orders


def add(orders: Any, number: int, rows: Sequence[tuple[int, str | None]], *removed: str) -> int:
    """A commit of a file per row, without the files removed."""
    files = {orders.lake / f"{number}-{i}.parquet": {"city": city, "day": DAY} for i, (_, city) in enumerate(rows)}
    for file, row in zip(files, rows, strict=True):
        with duckdb.connect() as connection:
            connection.execute("create table t (id bigint, city varchar, day date)")
            connection.execute("insert into t values (?, ?, ?)", (*row, DAY))
            connection.table("t").write_parquet(str(file))
    sizes = [file.stat().st_size for file in files]
    paths = orders.store.stage(orders.name, f"batch-{number}", list(files), files)
    told = zip(paths, sizes, files.values(), strict=True)
    staged = tuple(StagedFile(path, size, 1, partition=partition) for path, size, partition in told)
    version: int = orders.store.commit(
        orders.name, orders.snapshot(), Commit(staged, False, "app", number, f"note {number}", removed)
    )
    return version


def by_city(orders: Any, version: int | None = None) -> dict[str | None, str]:
    files = orders.store.content(orders.name, orders.snapshot().version if version is None else version).files
    return {file.partition["city"]: file.path for file in files}


def actions(orders: Any, version: int, kind: str) -> list[dict[str, Any]]:
    lines = map(json.loads, orders.log(version).read_text().splitlines())
    return [line[kind] for line in lines if kind in line]


def replayed(orders: Any, version: int) -> list[int]:
    """The ids of a version, from the log as the protocol has it and nothing else: a file is its path's text."""
    standing: set[str] = set()
    for number in range(version + 1):
        standing -= {remove["path"] for remove in actions(orders, number, "remove")}
        standing |= {add["path"] for add in actions(orders, number, "add")}
    files = [orders.folder / unquote(path) for path in standing]
    return sorted(i for file in files for i in pl.read_parquet(file, hive_partitioning=False)["id"])


def read(orders: Any, version: int | None = None) -> list[int]:
    return sorted(pl.read_delta(str(orders.folder), version=version)["id"])


def test_the_log_tells_the_removed_files_in_full(split: Any) -> None:
    began = time.time_ns() // 1_000_000
    there = by_city(split)
    version = add(split, 2, [(10, "a b")], *(path for city, path in there.items() if city != "a b"))
    added = {add["path"]: add for add in actions(split, version - 1, "add")}
    removed = {remove["path"]: remove for remove in actions(split, version, "remove")}
    assert {unquote(path) for path in removed} == set(there.values()) - {there["a b"]}
    for path, remove in removed.items():
        assert began <= remove["deletionTimestamp"] <= time.time_ns() // 1_000_000
        assert (remove["dataChange"], remove["extendedFileMetadata"]) == (True, True)
        assert (remove["size"], remove["partitionValues"]) == (added[path]["size"], added[path]["partitionValues"])
    assert read(split) == replayed(split, version) == [0, 10]


def test_removals_hold_through_checkpoints_time_travel_restore_and_vacuum(split: Any) -> None:
    first = split.snapshot().version
    there = by_city(split)
    removed = add(split, 2, [(10, "x")], there["a b"], there[CITIES[1]])
    split.delta.create_checkpoint()
    assert read(split) == replayed(split, removed) == [2, 3, 10]
    assert read(split, first) == [0, 1, 2, 3]
    split.store.unstage(split.name, "batch-1")
    upkeep = DeltaUpkeep(LocalStorage(split.lake))
    assert upkeep.leftovers(split.name, 1) == ()
    back = split.store.restore(split.name, split.snapshot(), first, None)
    assert read(split) == replayed(split, back) == [0, 1, 2, 3]
    split.store.restore(split.name, split.snapshot(), removed, None)
    for file in split.folder.rglob("*.parquet"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    upkeep.remove(split.name, upkeep.leftovers(split.name, 0))
    assert read(split) == [2, 3, 10]
    gone = {there["a b"], there[CITIES[1]]}
    assert set(split.store.gone(split.name, split.store.content(split.name, first).files)) == gone
    changes = split.store.changes(split.name, first, removed)
    assert set(split.store.gone(split.name, changes.removed)) == gone
    assert split.store.gone(split.name, changes.added) == ()


def test_the_feed_of_changes_has_the_rows_of_removed_files_deleted_and_all_of_added_ones_inserted(split: Any) -> None:
    """In partitions that need no escaping: delta-rs finds no other file for its feed, neither of its own tables."""
    first = add(split, 2, [(10, "x"), (11, "y"), (12, None)])
    there = by_city(split)
    both = add(split, 3, [(10, "x"), (20, "x")], there["x"])
    only = add(split, 4, [], there["y"], there[None])
    fed = pl.DataFrame(split.delta.load_cdf(starting_version=first).read_all())
    told = fed.select("_commit_version", "_change_type", "id", "city", "day").cast({"day": pl.String}).rows()
    assert sorted(told, key=str) == [
        *((first, "insert", id_, city, DAY) for id_, city in ((10, "x"), (11, "y"), (12, None))),
        (both, "delete", 10, "x", DAY),
        (both, "insert", 10, "x", DAY),
        (both, "insert", 20, "x", DAY),
        (only, "delete", 11, "y", DAY),
        (only, "delete", 12, None, DAY),
    ]


def test_delta_rs_spells_paths_as_is_expected_of_it(orders: Any) -> None:
    orders.ensure()
    texts = [f"x{chr(code)}y" for code in (*range(1, 0x180), 0x2028, 0xFFFD, 0x1F600)]
    table = orders.delta
    table.create_write_transaction([RemoveAction(text, True, 1) for text in texts], "append", table.schema())
    spelled = [remove["path"] for remove in actions(orders, 1, "remove")]
    assert [unquote(path) for path in spelled] == texts
    refuse_spelling(Place(LocalStorage(orders.lake), str(orders.name)), spelled)


@pytest.mark.parametrize("spelled", ["ü.parquet", "a%7Eb.parquet", "k=v%3A1.parquet", "a*b.parquet"])
def test_what_delta_rs_would_spell_otherwise_is_not_removed_in_any_way(orders: Any, spelled: str) -> None:
    """As Spark spells the folder of a partition `ü`."""
    orders.ensure()
    for number, path in ((1, spelled), (2, f"a/{spelled}")):
        place = orders.folder / unquote(path)
        place.parent.mkdir(exist_ok=True)
        pl.DataFrame({"id": [number]}).write_parquet(place)
        add = {"path": path, "partitionValues": {}, "size": place.stat().st_size, "modificationTime": 1}
        orders.log(number).write_text(json.dumps({"add": {**add, "dataChange": True}}) + "\n")
    before = orders.snapshot()
    upkeep = DeltaUpkeep(LocalStorage(orders.lake))
    for act in (
        lambda: orders.store.commit(orders.name, before, Commit((), True, "app", 1, "")),
        lambda: orders.store.commit(orders.name, before, Commit((), False, "app", 1, "", (unquote(spelled),))),
        lambda: orders.store.restore(orders.name, before, 0, None),
        lambda: upkeep.compact(orders.name, 2**20, [], None),
        lambda: upkeep.cluster(orders.name, ["id"], 2**20, [], None),
    ):
        with pytest.raises(TableError) as caught:
            act()
        assert caught.value.code == "table.unsupported_feature"
    assert orders.snapshot() == before
    assert replayed(orders, before.version) == [1, 2]
    assert orders.publish(3, "select 3::bigint as id") == before.version + 1
    assert replayed(orders, before.version + 1) == [1, 2, 3]
