"""Tables that lakekit did not make: read as they are, or refused with a code; never misread, never damaged."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
from deltalake import DeltaTable, Schema

from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import Commit, CommitConflict
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage
from tests.integration.delta.conftest import Orders

PLAIN = {"minReaderVersion": 1, "minWriterVersion": 2}
ID = {"name": "id", "type": "long", "nullable": True, "metadata": {}}


def make(
    orders: Any,
    protocol: dict[str, Any] = PLAIN,
    configuration: dict[str, str] | None = None,
    field: dict[str, Any] = ID,
    partitions: tuple[str, ...] = (),
    path: str = "a.parquet",
) -> None:
    """Write the log of a table with one file by hand."""
    metadata = {
        "id": "b2f3c1de-0000-4000-8000-000000000001",
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps({"type": "struct", "fields": [field]}),
        "partitionColumns": list(partitions),
        "configuration": configuration or {},
        "createdTime": 1,
    }
    add = {"path": path, "partitionValues": {}, "size": 1, "modificationTime": 1, "dataChange": True}
    write_commit(orders, 0, {"protocol": protocol}, {"metaData": metadata}, {"add": add})


def write_commit(orders: Any, version: int, *actions: dict[str, Any]) -> None:
    orders.log(version).parent.mkdir(parents=True, exist_ok=True)
    orders.log(version).write_text("".join(json.dumps(action) + "\n" for action in actions))


def features(*names: str) -> dict[str, Any]:
    return {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": names, "writerFeatures": names}


def writer_features(*names: str) -> dict[str, Any]:
    return {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": names}


def code_of(act: Any) -> str:
    with pytest.raises(TableError) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize(
    "protocol",
    [
        PLAIN,
        {"minReaderVersion": 2, "minWriterVersion": 5},
        writer_features("appendOnly", "invariants", "checkConstraints", "changeDataFeed"),
        features("timestampNtz"),
    ],
)
def test_a_plain_table_is_read(orders: Any, protocol: dict[str, Any]) -> None:
    make(orders, protocol, path="a%20b/c%2525.parquet")
    snapshot = orders.snapshot()
    assert snapshot.columns == (TableColumn("id", "long"),)
    assert orders.store.files(orders.name, snapshot.version) == (str(orders.folder / "a b" / "c%25.parquet"),)


@pytest.mark.parametrize(
    "traits",
    [
        {"protocol": features("deletionVectors")},
        {"protocol": features("typeWidening")},
        {"protocol": features("variantType")},
        {"protocol": features("v2Checkpoint")},
        {"protocol": features("catalogManaged")},
        {"protocol": features("inventedTomorrow")},
        {"protocol": writer_features("rowTracking")},
        {"protocol": writer_features("inCommitTimestamp")},
        {"protocol": writer_features("inventedTomorrow")},
        {"protocol": {"minReaderVersion": 9, "minWriterVersion": 2}},
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 9}},
        {"configuration": {"delta.columnMapping.mode": "name"}},
        {"configuration": {"delta.enableDeletionVectors": "true"}},
        {"configuration": {"delta.constraints.positive": "id > 0"}},
        {"field": {**ID, "nullable": False}},
        {"field": {**ID, "metadata": {"delta.invariants": "{}"}}},
        {"field": {**ID, "metadata": {"delta.generationExpression": "1"}}},
        {"field": {**ID, "type": "interval day"}},
        {"field": {**ID, "type": "double"}, "partitions": ("id",)},
    ],
    ids=str,
)
def test_what_would_be_misread_or_damaged_is_refused(orders: Any, traits: dict[str, Any]) -> None:
    make(orders, **traits)
    for act in (orders.snapshot, lambda: orders.ensure(TableColumn("more", "long"))):
        assert code_of(act) == "table.unsupported_feature"
    assert not orders.log(1).exists()


def test_files_outside_of_the_tables_folder_are_refused(orders: Any) -> None:
    make(orders, path="file:///elsewhere/a.parquet")
    version = orders.snapshot().version
    assert code_of(lambda: orders.store.files(orders.name, version)) == "table.unsupported_feature"


def test_a_folder_without_a_log_is_no_table(orders: Any) -> None:
    orders.folder.mkdir(parents=True)
    (orders.folder / "notes.txt").write_text("hello")
    assert orders.store.snapshot(orders.name) is None
    (orders.folder / "_delta_log").mkdir()
    (orders.folder / "_delta_log" / "00000000000000000000.json#1").write_text("half a com")
    assert orders.store.snapshot(orders.name) is None
    orders.ensure()
    assert orders.snapshot().version == 0


@pytest.mark.parametrize("damage", ["garbage", "cut", "hollow", "gap", "beginning", "checkpoint"])
def test_a_damaged_log_is_an_error_and_not_a_missing_table(orders: Any, damage: str) -> None:
    orders.ensure()
    for number in range(1, 12):
        orders.publish(number)
    (checkpoint,) = (orders.folder / "_delta_log").glob("*.checkpoint.parquet")
    newest = orders.log(11)
    if damage == "garbage":
        newest.write_text("garbage")
    elif damage == "cut":
        newest.write_bytes(newest.read_bytes()[:100])
    elif damage == "hollow":
        newest.write_bytes(b"")
    elif damage == "gap":
        orders.log(10).unlink()
    elif damage == "beginning":
        orders.log(0).unlink()
        checkpoint.unlink()
    elif damage == "checkpoint":
        checkpoint.write_text("garbage")
    later = Orders(orders.lake, DeltaStore(LocalStorage(orders.lake)))
    for act in (later.snapshot, later.ensure, lambda: later.store.unstage(later.name, "batch-1")):
        assert code_of(act) == "table.corrupt"


def test_a_damaged_log_stops_a_run_that_saw_the_table_before(orders: Any) -> None:
    orders.ensure()
    orders.publish(1)
    orders.log(1).write_text("garbage")
    assert code_of(orders.snapshot) == "table.corrupt"


def test_history_keeps_its_numbers_when_commits_say_nothing_of_themselves(orders: Any) -> None:
    orders.ensure()
    orders.publish(1)
    write_commit(orders, 2, {"txn": {"appId": "other", "version": 1}})
    write_commit(orders, 3, {"commitInfo": {"timestamp": 1, "userMetadata": "hello"}})
    last = orders.publish(4)
    told = {c.version: c.note for c in orders.store.history(orders.name)}
    assert told == {last: "note 4", 3: "hello", 2: None, 1: "note 1", 0: None}


@pytest.mark.parametrize("parameters", [{"version": "1"}, {"version": 1, "timestamp": None}])
def test_a_restore_by_any_writer_is_told(orders: Any, parameters: dict[str, Any]) -> None:
    orders.ensure()
    orders.publish(1)
    orders.publish(2)
    write_commit(orders, 3, {"commitInfo": {"operation": "RESTORE", "operationParameters": parameters}})
    assert next(orders.store.history(orders.name)).restored_to == 1


@pytest.mark.parametrize("parameters", [{"datetime": "1795459691816"}, {"version": None, "timestamp": "2024-05-01"}])
def test_a_restore_by_time_is_told_by_what_it_left(orders: Any, parameters: dict[str, Any]) -> None:
    orders.ensure()
    old = orders.publish(1)
    orders.publish(2)
    orders.delta.restore(old)
    restore = json.loads(orders.log(3).read_text().splitlines()[0])
    restore["commitInfo"]["operationParameters"] = parameters
    rest = orders.log(3).read_text().splitlines()[1:]
    orders.log(3).write_text("\n".join([json.dumps(restore), *rest]) + "\n")
    assert next(orders.store.history(orders.name)).restored_to == old


def test_a_restore_by_time_to_what_the_log_no_longer_tells_is_an_error(orders: Any) -> None:
    orders.ensure()
    orders.publish(1)
    restore = {"operation": "RESTORE", "operationParameters": {"timestamp": "2024-05-01"}}
    remove = {"path": "batch-1/part-00000.parquet", "dataChange": True}
    add = {"path": "lost.parquet", "partitionValues": {}, "size": 1, "modificationTime": 1, "dataChange": True}
    write_commit(orders, 2, {"commitInfo": restore}, {"remove": remove}, {"add": add})
    assert code_of(lambda: next(orders.store.history(orders.name))) == "table.restore_unknown"


def test_a_table_made_anew_in_the_same_folder_is_another_table(orders: Any) -> None:
    orders.ensure()
    orders.publish(1)
    before = orders.snapshot()
    file = orders.staged(2, "select 2::bigint as id")
    shutil.rmtree(orders.folder / "_delta_log")
    schema = Schema.from_json(json.dumps({"type": "struct", "fields": [ID]}))
    DeltaTable.create(orders.folder, schema)
    DeltaTable(orders.folder).alter.set_table_properties({"delta.checkpointInterval": "10"})
    assert orders.delta.version() == before.version
    with pytest.raises(CommitConflict):
        orders.store.commit(orders.name, before, Commit((file,), False, "app", 2, "note"))
    assert orders.snapshot().table_id != before.table_id
    assert orders.store.app_version(orders.name, orders.snapshot().version, "app") is None
