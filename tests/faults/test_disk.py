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
def test_a_batch_whose_staged_file_is_not_as_it_was_sealed_is_made_anew_from_its_landed_rows(
    lie: str, table: str, lake: Lake, clean: Lake
) -> None:
    assert lake.run("orders", fault="kill:before:reporter.step:6").killed
    (lake.root / "data" / "orders" / "2.csv").unlink()
    file = staged(lake.folder("orders") if table == "bronze" else lake.rejects("orders"))
    file.unlink() if lie == "removed" else longer(file)
    assert lake.run("orders").done
    assert lake.content("orders") == clean.content("orders")


@pytest.mark.parametrize(
    "place", sampled(["before:tables.commit:1", "before:engine.write:1"], "before:tables.commit:1")
)
def test_a_run_that_was_publishing_when_its_staged_file_went_does_no_harm(
    place: str, lake: Lake, begun: Lake, clean: Lake
) -> None:
    sleeper = lake.start("orders", fault=f"pause:{place}")
    assert sleeper.wait_until_paused()
    pairs = (lake.folder("orders"), begun.folder("orders")), (lake.rejects("orders"), begun.rejects("orders"))
    new = [f for now, before in pairs for f in now.glob("batch-*/*") if not (before / f.relative_to(now)).exists()]
    for file in new:
        file.unlink()
    woken = sleeper.wake()
    assert woken.code == bool(new), woken
    assert lake.run("orders").done
    assert lake.content("orders") == clean.content("orders")


def test_between_the_two_commits_a_staged_file_that_is_gone_stops_the_run_until_it_is_back(
    lake: Lake, begun: Lake, clean: Lake
) -> None:
    assert lake.run("orders", fault="kill:after:tables.commit:1").killed
    file = staged(lake.folder("orders"))
    kept = file.read_bytes()
    file.unlink()
    for _ in range(2):
        ended = lake.run("orders")
        assert (ended.code, "table.file_missing" in ended.text, "staged-file-missing.md" in ended.text) == (
            1,
            True,
            True,
        )
        assert lake.rows("orders") == begun.rows("orders")
    file.write_bytes(kept)
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


def test_a_half_published_batch_without_its_file_is_read_again_once_bronze_is_put_back(lake: Lake, clean: Lake) -> None:
    before = lake.version("orders")
    assert lake.run("orders", fault="kill:after:tables.commit:1").killed
    staged(lake.folder("orders")).unlink()
    lake.table("orders").restore(before - 1)  # as the runbook says
    assert lake.run("orders").done
    assert lake.content("orders") == clean.content("orders")
