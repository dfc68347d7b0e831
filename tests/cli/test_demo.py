"""`lakekit demo`, for real: its books against the truth of the data, its tables against a second reader."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from lakekit.cli import tour
from lakekit.cli.demo import SEED
from lakekit.demo import orders
from lakekit.demo.retail import Day, retail
from lakekit.demo.rows import Record
from lakekit.domain.batch import Counts

DAYS = retail(SEED)
DATASETS = ("bronze.orders", "bronze.customers", "bronze.products", "bronze.behavior")
LAKEKIT = [sys.executable, "-c", "from lakekit.cli.main import main; main()"]
LOOKBACK = timedelta(days=3)
LACKS = [name for name in ("pysail", "lakekit_retail", "holidays") if find_spec(name) is None]
WHOLE = ("bronze.customers", "bronze.products")
"""Full loads: day two replaces what day one published and rejected."""


def call(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LAKEKIT, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a finished demo, and what it printed."""
    parent = tmp_path_factory.mktemp("demo")
    (parent / "lakekit-demo").mkdir()
    done = call("demo", cwd=parent)
    assert done.returncode == 0, done.stderr
    return parent / "lakekit-demo-2", done.stdout


@pytest.fixture(scope="module")
def quarantines(demo: tuple[Path, str]) -> dict[str, dict]:
    """What `quarantine list` tells of the demo's datasets."""
    listed = json.loads(call("quarantine", "list", "--json", cwd=demo[0]).stdout)["datasets"]
    return {found["dataset"]: found for found in listed}


def books(records: list[Record], known: int = 0) -> Counts:
    """What the records of one file amount to, with `known` rows that an earlier batch has read."""
    rejected = sum(record.reason is not None for record in records)
    copies = sum(record.copy for record in records)
    clean = len(records) - rejected - copies
    return Counts(len(records) + known, clean, rejected, copies + known)


def placed(record: Record) -> bool:
    """Whether the record says when the order last changed."""
    return record.line is None and bool(record.values["updated_at"])


def truth(dataset: str, day: Day) -> Counts:
    """The books of one dataset's batch of one day."""
    records = list(day.delivery(dataset).records)
    if dataset != "bronze.orders" or day is DAYS[0]:
        return books(records)
    before = DAYS[0].delivery(dataset).records
    low = max(orders.moment(r.values["updated_at"]) for r in before if placed(r)) - LOOKBACK
    again = [r for r in before if not placed(r) or orders.moment(r.values["updated_at"]) >= low]
    return books(records, len(again))


def told(output: str) -> dict[str, list[Counts]]:
    """The books in the printed table, by dataset, in the order of the days."""
    found: dict[str, list[Counts]] = {}
    dataset = ""
    for line in output.splitlines():
        match = re.match(r"(bronze\.\w+)?\s+([12])((?:\s+[\d,]+){4})\s", line)
        if match:
            dataset = match[1] or dataset
            numbers = [int(text.replace(",", "")) for text in match[3].split()]
            found.setdefault(dataset, []).append(Counts(*numbers))
    return found


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_books_of_both_days_tell_the_truth_about_the_data(demo: tuple[Path, str], dataset: str) -> None:
    assert told(demo[1])[dataset] == [truth(dataset, day) for day in DAYS]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_quarantine_names_the_true_reasons(quarantines: dict[str, dict], dataset: str) -> None:
    listed = quarantines[dataset]
    days = DAYS[1:] if dataset in WHOLE else DAYS
    records = [record for day in days for record in day.delivery(dataset).records]
    reasons = [record.reason for record in records if record.reason]
    assert listed["rows"] == len(reasons)
    assert {(r["code"], r["column"]): r["rows"] for r in listed["reasons"]} == {
        reason: reasons.count(reason) for reason in reasons
    }


@pytest.mark.parametrize("dataset", DATASETS)
def test_another_reader_sees_the_rows_that_were_published(demo: tuple[Path, str], dataset: str) -> None:
    from deltalake import DeltaTable

    published = [truth(dataset, day).published for day in DAYS]
    table = DeltaTable(str(demo[0] / "lake" / dataset.replace(".", "/")))
    assert table.count() == (published[1] if dataset in WHOLE else sum(published))


def test_every_command_that_it_suggests_works(demo: tuple[Path, str]) -> None:
    folder, output = demo
    lines = output.split("try next\n")[1].splitlines()
    assert lines[0] == "  cd lakekit-demo-2"
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    for line in lines[1:]:
        done = subprocess.run(
            line, shell=True, cwd=folder, env={"PATH": path}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout.strip(), line


def test_silver_and_gold_are_built_where_they_can_be_and_told_to_be_missing_elsewhere(demo: tuple[Path, str]) -> None:
    told = re.search(r"^silver\.customer_360: ([\d,]+) customers", demo[1], flags=re.MULTILINE)
    assert (told is None) == bool(LACKS)
    assert (tour.NOT_BUILT in demo[1]) == bool(LACKS)
    assert {(demo[0] / "lake" / layer).exists() for layer in ("silver", "gold")} == {not LACKS}


def test_nobody_is_shown(demo: tuple[Path, str]) -> None:
    people = [record.values for day in DAYS for record in day.delivery("bronze.customers").records]
    values = {person[column] for person in people for column in ("name", "email", "phone", "birth_date")} - {""}
    assert len(values) > 1000
    assert not [value for value in values if value.lower() in demo[1].lower()]


@pytest.mark.sail
@pytest.mark.skipif(bool(LACKS), reason=f"not installed: {', '.join(LACKS)}")
def test_the_figures_of_silver_are_those_of_its_table(demo: tuple[Path, str]) -> None:
    import polars as pl

    table = pl.read_delta(str(demo[0] / "lake" / "silver" / "customer_360"))
    accounts = table["has_account"].sum()
    assert f"silver.customer_360: {len(table):,} customers, {accounts:,} with an account\n" in demo[1]
    busiest = table.sort(["orders", "customer_id"], descending=[True, False]).head(3)
    for number, orders_, email in busiest.select("customer_id", "orders", "email").rows():
        (line,) = re.findall(rf"^{number} .*$", demo[1], flags=re.MULTILINE)
        assert re.match(rf"{number} +{'hmac:[0-9a-f]{12}' if email else '-'} ", line)
        assert f" {orders_} " in line


@pytest.mark.sail
@pytest.mark.skipif(bool(LACKS), reason=f"not installed: {', '.join(LACKS)}")
def test_revenue_is_by_where_customers_lived_when_they_bought(demo: tuple[Path, str]) -> None:
    import polars as pl

    gold = demo[0] / "lake" / "gold"
    facts, people = (pl.read_delta(str(gold / name)) for name in ("fact_sales", "dim_customer"))
    sold = facts.filter(pl.col("currency") == "EUR", ~pl.col("status").is_in(["cancelled", "returned"]))
    lived = dict(people.select("_version_key", "country").rows())
    months = {"February 2026": 2, "March 2026": 3}
    lines = re.findall(r"^(\S+) +(\w+ 2026) +([\d,]+) +([\d.]+)$", demo[1], flags=re.MULTILINE)
    assert {country for country, *_ in lines} >= {"(guests)", "(unknown)"}
    for country, month, orders_, euros in lines:
        member = {"(unknown)": "0" * 32, "(guests)": "0" * 31 + "1"}.get(country)
        keys = [member] if member else [key for key, where in lived.items() if where == country]
        own = sold.filter(pl.col("customer_key").is_in(keys), pl.col("ordered_at").dt.month() == months[month])
        assert (f"{len(own):,}", str(own["amount"].sum())) == (orders_, euros)


@pytest.mark.sail
@pytest.mark.skipif(bool(LACKS), reason=f"not installed: {', '.join(LACKS)}")
def test_its_second_day_makes_facts_anew_of_what_was_told_late(demo: tuple[Path, str]) -> None:
    (line,) = re.findall(r"^gold.fact_sales +affected keys +([\d,]+) +([\d,]+) +([\d,]+) ", demo[1], flags=re.MULTILINE)
    made, added, removed = (int(text.replace(",", "")) for text in line)
    assert made > added > removed > 100


def test_a_further_run_finds_nothing_new_in_what_is_read_as_news(demo: tuple[Path, str]) -> None:
    report = json.loads(call("ingest", "orders", "behavior", "--json", cwd=demo[0]).stdout)
    assert [batch["ending"] for batch in report["datasets"]] == ["nothing_new", "nothing_new"]


def test_a_folder_that_holds_a_project_is_refused(demo: tuple[Path, str]) -> None:
    assert call("demo", str(demo[0]), cwd=demo[0].parent).returncode == 2


def test_init_makes_a_project_that_can_be_ingested_at_once(tmp_path: Path) -> None:
    assert call("init", "shop", cwd=tmp_path).returncode == 0
    done = call("ingest", cwd=tmp_path / "shop")
    assert done.returncode == 0, done.stderr
    orders_line = next(line for line in done.stdout.splitlines() if line.startswith("bronze.orders"))
    assert orders_line.split()[1:5] == ["24", "23", "1", "0"]
