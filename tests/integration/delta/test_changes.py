"""What came and went between any two versions, by files, is what came and went by rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, Schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakekit.ports.table_store import NOTHING, Changes, Commit, TableFile
from tests.integration.delta.test_foreign_tables import ID, make, write_commit

Step = tuple[str, int]

STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(["append", "append", "replace", "rewrite", "rewrite", "optimize", "restore", "property"]),
        st.integers(0, 7),
    ),
    min_size=2,
    max_size=9,
)


def take(orders: Any, number: int, step: Step) -> None:
    """One step; the second part of it chooses rows, files or a version. Rows repeat, as those of no key do."""
    kind, choice = step
    snapshot = orders.snapshot()
    if kind == "optimize":
        orders.delta.optimize.compact()
    elif kind == "restore":
        if snapshot.version:
            orders.delta.restore(choice % snapshot.version)
    elif kind == "property":
        orders.delta.alter.set_table_properties({"delta.deletedFileRetentionDuration": f"interval {choice + 7} days"})
    else:
        file = orders.staged(number, f"select unnest([{choice}, {choice // 2}])::bigint as id")
        there = [file.path for file in orders.store.content(orders.name, snapshot.version).files]
        removes = tuple(path for i, path in enumerate(there) if choice >> i % 3 & 1) if kind == "rewrite" else ()
        commit = Commit((file,), kind == "replace", "app", number, "", removes)
        orders.store.commit(orders.name, snapshot, commit)


def rows_of(addresses: Sequence[str]) -> Counter[int]:
    return Counter(i for address in addresses for i in pl.read_parquet(address)["id"])


def signed(changes: Changes) -> Counter[int]:
    found = rows_of([file.address for file in changes.added])
    found.subtract(rows_of([file.address for file in changes.removed]))
    return found


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, *settings().suppress_health_check],
)
@given(steps=STEPS)
def test_rows_before_with_what_came_and_without_what_went_are_the_rows_after(
    new_orders: Callable[[], Any], steps: list[Step]
) -> None:
    orders = new_orders()
    orders.ensure()
    for number, step in enumerate(steps, 1):
        take(orders, number, step)
    last = orders.snapshot().version
    rows = {NOTHING: Counter[int]()}
    for version in range(last + 1):
        rows[version] = Counter(pl.read_delta(str(orders.folder), version=version)["id"].to_list())
    for since, version in combinations(rows, 2):
        changes = orders.store.changes(orders.name, since, version)
        change = signed(changes)
        assert {i: n for i in range(8) if (n := rows[version][i] - rows[since][i])} == {
            i: n for i, n in change.items() if n
        }
        paths = [file.path for file in (*changes.added, *changes.removed)]
        assert len(paths) == len(set(paths))
    if not {"replace", "rewrite", "restore"} & {kind for kind, _ in steps}:
        assert all(orders.store.changes(orders.name, *span).removed == () for span in combinations(rows, 2))


def paths(files: Sequence[TableFile]) -> list[str]:
    return [file.path.split("/")[0] for file in files]


def test_rewrites_and_properties_change_nothing(orders: Any) -> None:
    orders.ensure()
    orders.publish(1)
    orders.publish(2)
    orders.delta.optimize.compact()
    orders.delta.optimize.z_order(["id"])
    orders.delta.alter.set_table_properties({"delta.logRetentionDuration": "interval 90 days"})
    assert orders.store.changes(orders.name, 2, 5) == Changes((), ())
    assert paths(orders.store.changes(orders.name, 1, 5).added) == ["batch-2"]


def test_a_restore_beyond_a_rewrite_counts_each_row_once(orders: Any) -> None:
    """A batch that came before the rewrite comes back with the restore: its file would have come twice."""
    orders.ensure()
    orders.publish(1)
    orders.publish(2)
    orders.delta.optimize.compact()
    orders.delta.restore(2)
    assert paths(orders.store.changes(orders.name, 1, 4).added) == ["batch-2"]
    assert orders.store.changes(orders.name, 1, 4).removed == ()


def test_appended_rows_are_told_from_the_commits_alone(orders: Any) -> None:
    """The log from its beginning is not needed, nor is a checkpoint."""
    orders.ensure()
    for number in (1, 2, 3):
        orders.publish(number)
    orders.log(0).unlink()
    orders.log(1).unlink()
    assert paths(orders.store.changes(orders.name, 1, 3).added) == ["batch-2", "batch-3"]
    assert orders.store.changes(orders.name, 0, 3) is None


def test_a_log_that_was_cleaned_up_tells_nothing_of_what_it_lost(orders: Any) -> None:
    orders.ensure()
    for number in range(1, 13):
        orders.publish(number)
    orders.store.commit(orders.name, orders.snapshot(), Commit((), True, "app", 13, ""))
    assert len(orders.store.changes(orders.name, 5, 13).removed) == 5
    for version in range(3):
        orders.log(version).unlink()
    assert orders.store.changes(orders.name, 5, 13) is None  # what was removed is told by no commit in between
    assert len(orders.store.changes(orders.name, 5, 12).added) == 7
    for version in range(3, 10):
        orders.log(version).unlink()
    assert orders.store.changes(orders.name, 8, 13) is None
    assert orders.store.changes(orders.name, 8, 12) is None
    assert [len(orders.store.changes(orders.name, since, 13).removed) for since in (9, 10)] == [9, 10]


@pytest.mark.parametrize("times", [1, 2])
def test_a_table_that_was_replaced_in_between_tells_nothing(orders: Any, times: int) -> None:
    orders.ensure()
    orders.publish(1)
    for _ in range(times):
        schema = Schema.from_json(json.dumps({"type": "struct", "fields": [ID]}))
        DeltaTable.create(orders.folder, schema, mode="overwrite")
    orders.publish(2)
    last = orders.snapshot().version
    assert orders.store.changes(orders.name, 1, last) is None
    assert orders.store.changes(orders.name, NOTHING, last) is None
    assert paths(orders.store.changes(orders.name, last - 1, last).added) == ["batch-2"]


def test_rows_deleted_within_files_are_none_that_files_tell(orders: Any) -> None:
    make(orders)
    file = {"path": "a.parquet", "partitionValues": {}, "size": 1, "dataChange": True}
    vector = {"storageType": "u", "pathOrInlineDv": "ab^-aqEH.-t@S}K{vb[*k^", "sizeInBytes": 1, "cardinality": 1}
    write_commit(orders, 1, {"remove": file}, {"add": {**file, "modificationTime": 1, "deletionVector": vector}})
    assert orders.store.changes(orders.name, 0, 1) is None


def test_what_was_removed_before_cannot_go_again(orders: Any) -> None:
    """As some writers repeat a tombstone."""
    orders.ensure()
    orders.publish(1)
    orders.store.commit(orders.name, orders.snapshot(), Commit((), True, "app", 2, ""))
    write_commit(orders, 3, {"remove": {"path": "batch-1/part-00000.parquet", "dataChange": True}})
    assert orders.store.changes(orders.name, 2, 3) == Changes((), ())
    add = {"path": "b%20c", "partitionValues": {}, "size": 1, "modificationTime": 1, "dataChange": True}
    write_commit(orders, 4, {"add": add})
    file = TableFile("b c", str(orders.folder / "b c"), 1, None)
    assert orders.store.changes(orders.name, 2, 4) == Changes((file,), ())
