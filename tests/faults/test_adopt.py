"""Adoption under kills: a real process, killed at any port call, then run again, leaves what a clean run leaves."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import frozen
from deltalake import DeltaTable, write_deltalake

from tests.faults.lake import Lake
from tests.faults.processes import Ended
from tests.faults.sweeps import places

SEED = 20261130
SAMPLE = 6
MADE, EVENTS, OLD = "gold.dim_order", "gold.dim_order_events", "gold/old_orders"
HEAD = {"materialization": "scd2", "keys": ["id"], "sequence_by": "changed", "incremental": ["bronze.orders"]}


@frozen
class Adopting:
    """A lake with a table of versions that others kept, a dimension to adopt it, and runs of both."""

    lake: Lake

    def adopt(self, *, fault: str | None = None, record: Path | None = None) -> Ended:
        """One adoption, in a process of its own, to its end."""
        return self.lake.host.start(self.lake.root, (), fault, record, adopts=(MADE, OLD)).wait()

    def build(self) -> Ended:
        """All builds."""
        return self.lake.host.start(self.lake.root, (), None, None, builds=True).wait()

    def copied(self, target: Path) -> Adopting:
        """A lake of its own with the same content."""
        return Adopting(self.lake.copied(target))

    def rows(self, dataset: str) -> list[tuple[Any, ...]]:
        """The rows of a table, in order, by Polars."""
        frame = pl.read_delta(str(self.folder(dataset)))
        return frame.select(pl.all().cast(pl.String)).sort(pl.all()).rows()

    def state(self) -> dict[str, Any]:
        """All that a clean adoption and a broken one must agree on."""
        table = DeltaTable(str(self.folder(EVENTS)))
        told = [json.loads(c.get("userMetadata", "{}")).get("lakekit.adoption") for c in table.history()]
        return {
            "rows": self.rows(EVENTS),
            "adoptions": [(n["number"], n["events"]) for n in told if n],
            "number": table.transaction_version(f"lakekit/{EVENTS}/transform"),
        }

    def left(self) -> list[str]:
        """What must not be left: staged files that no version has, landed ones, and leases."""
        logs = [file.read_text() for file in (self.folder(EVENTS) / "_delta_log").glob("*.json")]
        staged = [p.name for p in self.folder(EVENTS).glob("build-*") if not any(p.name in log for log in logs)]
        landed = [str(p) for p in (self.lake.root / "lake" / "landing" / "gold").glob("*/*")]
        return [*staged, *landed, *self.lake.leases()]

    def folder(self, dataset: str) -> Path:
        """The table's folder."""
        return self.lake.root / "lake" / dataset.replace(".", "/")


@pytest.fixture(scope="module")
def begun_adopting(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> Adopting:
    """A table to adopt, and nothing built yet."""
    adopting = Adopting(begun.copied(tmp_path_factory.mktemp("adopting") / "p"))
    file = adopting.lake.root / "transforms/gold/dim_order.sql"
    file.parent.mkdir(parents=True)
    file.write_text(f"/*\n{json.dumps(HEAD)}\n*/\nSELECT id, amount, changed FROM bronze.orders\n")
    day = lambda n: datetime(2025, 1, n, tzinfo=UTC)  # noqa: E731
    old = pl.DataFrame(
        [(i, day(n), day(n + 1) if n < 4 or i == 3 else None) for i in (10, 11, 3) for n in (1, 2, 4)],
        schema={"id": pl.Int64, "since": pl.Datetime("us", "UTC"), "until": pl.Datetime("us", "UTC")},
        orient="row",
    )
    write_deltalake(adopting.lake.root / "lake" / OLD, old)
    return adopting


@pytest.fixture(scope="module")
def adopted(begun_adopting: Adopting, tmp_path_factory: pytest.TempPathFactory) -> Adopting:
    """The table adopted, without a fault."""
    made = begun_adopting.copied(tmp_path_factory.mktemp("adopted") / "p")
    assert made.adopt().done
    return made


def found(start: Adopting, folder: Path) -> list[str]:
    """The places at which an adoption can be killed."""
    record = folder / "calls"
    assert start.copied(folder / "counted").adopt(record=record).done
    return places(record)


def sweep(start: Adopting, expected: Adopting, folder: Path, faults: Sequence[str]) -> None:
    for fault in faults:
        made = start.copied(folder / "p")
        assert made.adopt(fault=fault).killed, fault
        ended = made.adopt()
        assert ended.done, (fault, ended)
        assert made.state() == expected.state(), fault
        assert not made.left(), fault
        shutil.rmtree(made.lake.root)


def test_an_adoption_leaves_nothing_but_its_events(adopted: Adopting) -> None:
    assert adopted.state()["adoptions"] == [(1, 13)]
    assert adopted.state()["number"] == 1
    assert not adopted.left()


def test_killed_at_a_sample_of_port_calls_it_leaves_what_a_clean_one_leaves(
    begun_adopting: Adopting, adopted: Adopting, tmp_path: Path
) -> None:
    everywhere = found(begun_adopting, tmp_path)
    assert len(everywhere) >= 50
    sweep(begun_adopting, adopted, tmp_path, random.Random(SEED).sample(everywhere, SAMPLE))


def test_killed_around_its_commit_it_is_made_once(begun_adopting: Adopting, adopted: Adopting, tmp_path: Path) -> None:
    faults = [f"kill:{m}:{c}:1" for m in ("before", "after") for c in ("tables.stage", "tables.commit")]
    sweep(begun_adopting, adopted, tmp_path, faults)


def test_what_a_killed_adoption_left_is_put_away_by_a_build_and_adopted_later(
    begun_adopting: Adopting, adopted: Adopting, tmp_path: Path
) -> None:
    made, clean = begun_adopting.copied(tmp_path / "p"), adopted.copied(tmp_path / "clean")
    assert made.adopt(fault="kill:after:tables.stage:1").killed
    assert made.build().done
    assert not made.left()
    assert made.adopt().done
    for one in (made, clean):
        assert one.build().done
    assert made.rows(MADE) == clean.rows(MADE)
    assert {row[0] for row in clean.rows(MADE)} >= {"10", "11", "3"}


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_at_every_port_call_it_leaves_what_a_clean_one_leaves(
    begun_adopting: Adopting, adopted: Adopting, tmp_path: Path
) -> None:
    sweep(begun_adopting, adopted, tmp_path, found(begun_adopting, tmp_path))
