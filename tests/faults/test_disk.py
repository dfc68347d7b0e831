"""What lies on the disk is not what was written there: lakekit stops, and says so, before anybody sees it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.lake import Lake
from tests.faults.sample import sampled


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def landed(lake: Lake) -> Path:
    """The newest attempt's first landed part."""
    return max(
        (lake.root / "lake" / "landing" / "bronze" / "orders").glob("*/part*"), key=lambda p: p.stat().st_mtime_ns
    )


def staged(folder: Path) -> Path:
    """The newest file in a table's folder."""
    return max(folder.glob("batch-*/*.parquet"), key=lambda p: p.stat().st_mtime_ns)


@pytest.mark.parametrize("lie", sampled(["removed", "changed"], "changed"))
def test_a_landed_part_that_is_not_as_it_was_stops_the_run_and_can_be_landed_again(
    lie: str, lake: Lake, begun: Lake, clean: Lake
) -> None:
    assert lake.run("orders", fault="kill:before:reporter.step:3").killed
    part = landed(lake)
    part.unlink() if lie == "removed" else longer(part)
    ended = lake.run("orders")
    assert (ended.code, "landing.damaged" in ended.text) == (1, True), ended
    assert lake.content("orders") == begun.content("orders")
    shutil.rmtree(part.parent)  # as the error says
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


@pytest.mark.parametrize("table", sampled(["bronze", "quarantine"], "bronze"))
@pytest.mark.parametrize("lie", sampled(["removed", "changed"], "removed"))
def test_a_staged_file_that_is_not_as_it_was_sealed_stops_the_run_until_it_is_back(
    lie: str, table: str, lake: Lake, begun: Lake, clean: Lake
) -> None:
    assert lake.run("orders", fault="kill:before:reporter.step:6").killed
    file = staged(lake.folder("orders") if table == "bronze" else lake.rejects("orders"))
    kept = file.read_bytes()
    file.unlink() if lie == "removed" else longer(file)
    for _ in range(2):
        ended = lake.run("orders")
        code = "table.file_missing" if lie == "removed" else "table.file_size"
        assert (ended.code, code in ended.text) == (1, True), ended
        assert lake.rows("orders") == begun.rows("orders")
    file.write_bytes(kept)
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")
