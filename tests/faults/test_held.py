"""A batch that a critical check holds back: nobody sees its rows, none is lost, and a kill changes nothing of that."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.faults.lake import Lake
from tests.faults.sample import sampled

STRICT = "suites:\n  bronze.orders:\n    - {check: rejected_share, max: 0.05}\n"
REPAIRED = "id,amount,changed\n20,1.50,2026-01-02T00:00:00Z\n21,2.50,2026-01-02T01:00:00Z\n"


def suite(lake: Lake, text: str) -> None:
    (lake.root / "config" / "dq.yaml").write_text(text)


def repaired(lake: Lake) -> None:
    (lake.root / "data" / "orders" / "2.csv").write_text(REPAIRED)


def is_held(lake: Lake, begun: Lake) -> None:
    """Nothing but the batch of day one is to be seen, and what was landed is there."""
    assert lake.content("orders") == begun.content("orders")
    assert lake.version("orders") == begun.version("orders")
    assert [status for _, _, status, *_ in lake.ledger("orders")] == ["published", "held"]
    attempts = (lake.root / "lake" / "landing" / "bronze" / "orders").glob("*/manifest.json")
    assert len(list(attempts)) == 2


@pytest.fixture
def strict(lake: Lake) -> Lake:
    suite(lake, STRICT)
    return lake


def has_the_repaired_rows(lake: Lake, begun: Lake) -> None:
    came = set(lake.rows("orders", batches=False)) - set(begun.rows("orders", batches=False))
    assert sorted(row[:2] for row in came) == [("20", "1.50"), ("21", "2.50")]
    assert lake.rejected("orders") == begun.rejected("orders")
    assert [entry[:3] for entry in lake.ledger("orders")] == [(1, 1, "published"), (1, 2, "published")]


def test_a_held_batch_shows_nothing_and_ends_with_code_3_however_often_it_is_tried(strict: Lake, begun: Lake) -> None:
    for _ in range(2):
        assert strict.run("orders").code == 3
        is_held(strict, begun)
    assert strict.run().code == 3
    assert strict.rows("visits") != begun.rows("visits")


def test_a_held_batch_is_published_as_it_is_once_the_check_lets_it_through(strict: Lake, clean: Lake) -> None:
    assert strict.run("orders").code == 3
    suite(strict, "suites: {}\n")
    assert strict.run("orders").done
    assert strict.state("orders") == clean.state("orders")


def test_a_held_batch_is_read_anew_when_its_source_is_repaired(strict: Lake, begun: Lake) -> None:
    assert strict.run("orders").code == 3
    repaired(strict)
    assert strict.run("orders").done
    has_the_repaired_rows(strict, begun)


@pytest.mark.parametrize("ledger", sampled(["kept", "lost"], "lost"))
@pytest.mark.parametrize("after", sampled(["1", "4", "9"], "4"))
def test_a_repaired_batch_killed_on_its_way_is_published_once(
    after: str, ledger: str, strict: Lake, begun: Lake
) -> None:
    assert strict.run("orders").code == 3
    repaired(strict)
    assert strict.run("orders", fault=f"kill:after:state.write:{after}").killed
    if ledger == "lost":
        strict.lose_ledger()
    assert strict.run("orders").done
    has_the_repaired_rows(strict, begun)


@pytest.mark.faults_long
def test_a_held_batch_whose_ledger_is_lost_is_held_again(strict: Lake, begun: Lake, clean: Lake) -> None:
    assert strict.run("orders").code == 3
    strict.lose_ledger()
    assert strict.run("orders").code == 3
    assert strict.content("orders") == begun.content("orders")
    suite(strict, "suites: {}\n")
    assert strict.run("orders").done
    assert strict.state("orders") == clean.state("orders")


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_a_held_batch_killed_at_any_port_call_stays_held(begun: Lake, clean: Lake, tmp_path: Path) -> None:
    strict = begun.copied(tmp_path / "strict")
    suite(strict, STRICT)
    record = tmp_path / "calls"
    assert strict.copied(tmp_path / "recorded").run("orders", record=record).code == 3
    calls = range(1, len(record.read_text().splitlines()) + 1)
    for call in random.Random(20261126).sample(calls, 20):
        lake = strict.copied(tmp_path / "p")
        assert lake.run("orders", fault=f"kill:after:{call}").killed, call
        assert lake.run("orders").code == 3, call
        is_held(lake, begun)
        suite(lake, "suites: {}\n")
        assert lake.run("orders").done, call
        assert lake.state("orders") == clean.state("orders"), call
        shutil.rmtree(lake.root)
