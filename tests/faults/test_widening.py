"""A table that is being widened when its process is killed: it is as it was or as it is to be, and the next run leaves
what a clean run leaves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.faults.lake import DATASETS, Lake

WIDER = {"orders": {"amount": "decimal(18,2)"}, "visits": {"seconds": "long"}, "stock": {"count": "decimal(12,1)"}}


def widening(lake: Lake) -> Lake:
    """The same lake with contracts of wider types."""
    for dataset, types in WIDER.items():
        file = lake.root / f"config/schema_definitions/{dataset}.schema.json"
        told = json.loads(file.read_text())
        columns = [{**column, "type": types.get(column["name"], column["type"])} for column in told["columns"]]
        file.write_text(json.dumps({**told, "columns": columns, "evolution": {"type_change": "widen"}}))
    return lake


@pytest.fixture(scope="module")
def narrow(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Day one ingested, day two waiting for wider columns."""
    return widening(begun.copied(tmp_path_factory.mktemp("narrow") / "p"))


@pytest.fixture(scope="module")
def wide(narrow: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Day two ingested without a fault."""
    lake = narrow.copied(tmp_path_factory.mktemp("wide") / "p")
    assert lake.run().done
    return lake


def schema(lake: Lake, dataset: str) -> str:
    return str(lake.table(dataset).schema().to_json())


def standing(lake: Lake, dataset: str) -> set[tuple[str, int]]:
    """The schema, and the number of rows, that a reader of each version finds."""
    found, versions = set(), range(lake.version(dataset) + 1)
    for version in versions:
        table = DeltaTable(str(lake.folder(dataset)), version)
        told = table.get_add_actions(flatten=True)
        found.add((str(table.schema().to_json()), sum(int(str(n)) for n in told.column("num_records").to_pylist())))
    return found


def swept(narrow: Lake, wide: Lake, folder: Path, dataset: str, faults: list[str]) -> None:
    for fault in faults:
        lake = narrow.copied(folder / "p")
        assert lake.run(dataset, fault=fault).killed, fault
        assert standing(lake, dataset) <= standing(wide, dataset), fault
        assert lake.run(dataset).done, fault
        assert lake.state(dataset) == wide.state(dataset), fault
        assert schema(lake, dataset) == schema(wide, dataset), fault
        assert lake.run(dataset).done
        assert lake.version(dataset) == wide.version(dataset), fault
        shutil.rmtree(lake.root)


def test_rows_stay_the_same_and_batches_count_alike(wide: Lake, clean: Lake) -> None:
    for dataset in DATASETS:
        assert len(wide.rows(dataset)) == len(clean.rows(dataset))
        told, expected = wide.note(dataset), clean.note(dataset)
        assert (told["number"], told["counts"]) == (expected["number"], expected["counts"])


REWRITE = [f"kill:{moment}:tables.rewrite:1" for moment in ("before", "after")]


@pytest.mark.parametrize("dataset", DATASETS)
def test_killed_at_its_commit_a_widening_is_done_once(narrow: Lake, wide: Lake, dataset: str, tmp_path: Path) -> None:
    swept(narrow, wide, tmp_path, dataset, REWRITE)


def test_killed_before_and_after_its_steps_a_widening_is_done_once(narrow: Lake, wide: Lake, tmp_path: Path) -> None:
    steps = ("kill:after:tables.stage:3", "kill:before:tables.commit:1", "kill:after:tables.commit:2")
    swept(narrow, wide, tmp_path, "orders", list(steps))


def test_a_ledger_that_is_lost_after_a_widening_is_found_in_the_table(narrow: Lake, wide: Lake, tmp_path: Path) -> None:
    lake = narrow.copied(tmp_path / "p")
    assert lake.run("orders", fault="kill:after:tables.rewrite:1").killed
    lake.lose_ledger()
    assert lake.run("orders").done
    assert lake.content("orders") == wide.content("orders")


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("dataset", DATASETS)
def test_killed_at_every_port_call_a_widening_is_done_once(
    narrow: Lake, wide: Lake, dataset: str, tmp_path: Path
) -> None:
    record = tmp_path / "calls"
    assert narrow.copied(tmp_path / "counted").run(dataset, record=record).done
    calls = range(1, len(record.read_text().splitlines()) + 1)
    swept(
        narrow, wide, tmp_path, dataset, [f"kill:{moment}:{call}" for call in calls for moment in ("before", "after")]
    )
