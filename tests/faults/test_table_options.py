"""What a table is like changes between the steps of a batch, and no row is lost, repeated, or left unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from deltalake import DeltaTable, Schema

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.errors import StateError
from tests.faults.lake import Lake

PARTITIONED = "{partition_by: [_run_date, id], change_data_feed: true}"


def wishing(lake: Lake, table: str) -> Lake:
    """The same lake, with these options for the table of orders."""
    settings = lake.root / "config" / "dev.yaml"
    told = settings.read_text()
    settings.write_text(told.replace("    lookback: 1d\n", f"    lookback: 1d\n    delta: {table}\n"))
    return lake


def apply(lake: Lake) -> list[str]:
    """The names of what was changed."""
    with application(lake.root, None, Silent()) as app:
        (report,) = app.table_options(["orders"], apply=True)
        return [change.what for change in report.changes]


@pytest.mark.parametrize("fault", ["kill:before:tables.commit:1", "kill:after:tables.commit:1"])
def test_a_sealed_batch_is_published_before_its_table_changes(fault: str, lake: Lake, clean: Lake) -> None:
    wishing(lake, "{constraints: true}")
    assert lake.run("orders", fault=fault).killed
    lake.expire_leases()
    version = lake.version("orders")
    with pytest.raises(StateError) as caught:
        apply(lake)
    assert (caught.value.code, lake.version("orders")) == ("table.batch_waits", version)
    assert lake.run("orders").done
    assert apply(lake) == ["lakekit_id_required"]
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


@pytest.mark.parametrize(
    "fault",
    [
        "kill:after:tables.stage:1",
        "kill:before:tables.commit:1",
        "kill:after:tables.commit:1",
        "kill:before:tables.commit:2",
        "kill:after:tables.commit:2",
    ],
)
def test_a_partitioned_table_is_begun_once_wherever_its_first_batch_is_killed(
    fault: str, fresh: Lake, begun: Lake, tmp_path: Path
) -> None:
    lake = wishing(fresh.copied(tmp_path / "p"), PARTITIONED)
    assert lake.run("orders", fault=fault).killed
    assert lake.run("orders").done
    assert lake.table("orders").metadata().partition_columns == ["_run_date", "id"]
    assert lake.state("orders") == begun.state("orders")


def test_a_batch_that_was_split_for_another_table_is_split_anew(fresh: Lake, begun: Lake, tmp_path: Path) -> None:
    """Somebody makes the table, otherwise partitioned, while the sealed first batch waits."""
    lake = wishing(fresh.copied(tmp_path / "p"), PARTITIONED)
    assert lake.run("orders", fault="kill:before:tables.commit:1").killed
    schema = begun.table("orders").schema().to_json()
    DeltaTable.create(str(lake.folder("orders")), Schema.from_json(schema), partition_by=["_run_date"])
    assert lake.run("orders").done
    assert lake.table("orders").metadata().partition_columns == ["_run_date"]
    assert lake.content("orders") == begun.content("orders")


def test_a_change_that_was_cut_short_is_completed_by_the_next(lake: Lake, clean: Lake) -> None:
    """A constraint that changes is dropped and then set: a kill between the two leaves one less."""
    wishing(lake, "{constraints: true}")
    apply(lake)
    whole = lake.table("orders").metadata().configuration
    lake.table("orders").alter.drop_constraint("lakekit_id_required")
    assert lake.run("orders").done
    assert apply(lake) == ["lakekit_id_required"]
    assert lake.table("orders").metadata().configuration == whole
    assert lake.state("orders") == clean.state("orders")
