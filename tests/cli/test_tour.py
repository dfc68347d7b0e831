"""What `init` and `demo` tell of the project that they made."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from lakekit.cli import render, tour
from lakekit.demo.silver import Glance
from lakekit.demo.star import Revenue
from lakekit.domain.batch import Counts, ReasonCount
from lakekit.domain.build import Scope
from lakekit.domain.report import BuildReport, Ending, RunReport
from lakekit.domain.watermark import Watermark

MARK = Watermark("timestamp", "2026-03-02T23:55:01.000000Z")
PROGRAMS = tour.Programs()


def days(batch) -> list[RunReport]:
    first = batch(watermark=MARK, reasons=(ReasonCount("cast_failed", "amount", 30), ReasonCount("x", "", 10)))
    second = batch(counts=Counts(500, 480, 20), reasons=(ReasonCount("cast_failed", "amount", 20),))
    return [RunReport("a", (first, batch(dataset="bronze.products"))), RunReport("b", (second,))]


def built(**other: object) -> tour.Lakehouse:
    builds = (BuildReport("silver.customer_360", Ending.PUBLISHED, scope=Scope.FULL, table_version=1, **other),)
    rows = (("12", "hmac:2a00a07e53df", "DE", "15", "20002.48", "31", "clothing"), ("7", *[None] * 5, "x\x1b[2J"))
    seen = Glance(503, 486, {"orders": 3413, "products_seen_and_bought": 4}, rows)
    return tour.Lakehouse(builds, seen, (Revenue("IE", "March 2026", 1035, "20560.27"),))


def plain(lines: list[str]) -> list[str]:
    return [click.unstyle(line) for line in lines]


def test_the_days_of_a_dataset_stand_together_and_add_up(batch) -> None:
    lines = [line.split() for line in plain(tour.summary(Path("shop"), days(batch), 200, PROGRAMS, None))]
    assert lines[2][:6] == ["bronze.orders", "1", "1,250", "1,200", "40", "10"]
    assert lines[3][:5] == ["2", "500", "480", "20", "0"]
    assert lines[4][:2] == ["bronze.products", "1"]
    assert "3,000 read = 2,880 published + 100 quarantined + 20 duplicates" in " ".join(lines[6])


def test_reasons_of_all_days_are_counted_together_most_frequent_first(batch) -> None:
    lines = [line.split() for line in plain(tour.summary(Path("shop"), days(batch), 200, PROGRAMS, None))]
    assert lines[9] == ["50", "cast_failed", "bronze.orders.amount"]
    assert lines[10] == ["10", "x", "bronze.orders"]


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_fit_the_terminal(batch, width: int) -> None:
    batches = (batch(dataset="bronze.customers", watermark=MARK, counts=Counts(99_000, 98_000, 600, 400)),)
    summary = plain(tour.summary(Path("shop"), [RunReport("a", batches)] * 2, width, PROGRAMS, None))
    assert max(map(len, summary[: summary.index("try next")])) <= width
    assert max(map(len, plain(render.books(RunReport("a", batches), width)))) <= width


def test_silver_and_gold_stand_before_what_to_try_next_with_commands_of_their_own(batch) -> None:
    lines = plain(tour.summary(Path("shop"), days(batch), 80, PROGRAMS, built()))
    text = "\n".join(lines)
    assert "silver.customer_360: 503 customers, 486 with an account" in lines
    assert "in all: 3,413 orders, 4 products seen and bought" in lines
    shown = [line.split()[:2] for line in lines if line.startswith(("12 ", "7 "))]
    assert shown == [["12", "hmac:2a00a07e53df"], ["7", "-"]]
    assert "IE       March 2026   1,035  20560.27" in lines
    assert "\x1b" not in text
    assert text.index("hmac:") < text.index("try next") < text.index("lakekit lineage silver.customer_360.email")
    assert max(map(len, lines[: lines.index("try next")])) <= 80


def test_without_silver_one_line_says_what_to_install(batch) -> None:
    lines = plain(tour.summary(Path("shop"), days(batch), 80, PROGRAMS, None))
    assert [line for line in lines if "silver" in line] == [tour.NOT_BUILT]
    assert "./plugins/lakekit_retail" in tour.NOT_BUILT


def test_commands_name_the_folder_and_the_programs_as_they_can_be_called(batch) -> None:
    programs = tour.Programs("/opt/my\\ env/bin/lakekit", "python3")
    lines = plain(tour.summary(Path("my shop"), days(batch), 80, programs, None))
    after = lines[lines.index("try next") + 1 :]
    assert after[0] == "  cd 'my shop'"
    assert all(line.startswith(("  /opt/my\\ env/bin/lakekit ", "  python3 -c")) for line in after[1:])


def test_a_program_is_called_by_its_bare_name_only_where_that_is_the_same_program(tmp_path: Path) -> None:
    ours, other = str(tmp_path / "bin" / "lakekit"), "/usr/bin/lakekit"
    assert tour.called(ours, ours) == "lakekit"
    assert tour.called(ours, other) == ours
    assert tour.called(ours, None) == ours
    assert Path(tour.called("bin/lakekit", other)).is_absolute()
