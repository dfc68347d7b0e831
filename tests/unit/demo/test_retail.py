"""The made-up data says of itself what an ingest will find, so that the books can be compared with it."""

from __future__ import annotations

import csv
import re
from datetime import timedelta

import pytest

from lakekit.demo import orders
from lakekit.demo.files import csv_text
from lakekit.demo.retail import Day, retail
from lakekit.demo.rows import Record

SEED = 20260302
DAYS = retail(SEED)
DATASETS = ("bronze.customers", "bronze.products", "bronze.orders", "bronze.behavior")


def test_the_same_seed_gives_the_same_data_and_another_seed_another() -> None:
    assert retail(SEED) == DAYS
    assert retail(SEED + 1) != DAYS


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("day", DAYS, ids=["day one", "day two"])
def test_a_few_percent_of_every_delivery_are_dirty(day: Day, dataset: str) -> None:
    records = day.delivery(dataset).records
    dirty = [record for record in records if record.reason]
    assert 0.005 < len(dirty) / len(records) < 0.08


@pytest.mark.parametrize("day", DAYS, ids=["day one", "day two"])
def test_every_copy_follows_its_original_within_the_two_days(day: Day) -> None:
    before = list(DAYS[0].delivery("bronze.orders").records) if day is DAYS[1] else []
    records = before + list(day.delivery("bronze.orders").records)
    seen: list[object] = []
    copies = 0
    for place, record in enumerate(records):
        if record.copy and place >= len(before):
            assert record.values in seen
            assert record.reason is None
            copies += 1
        elif not record.copy:
            seen.append(record.values)
    assert copies > 5


def test_only_copies_share_their_whole_content_with_another_record() -> None:
    for day in DAYS:
        for delivery in day.deliveries:
            texts = [_content(record) for record in delivery.records if not record.copy]
            assert len(set(texts)) == len(texts), delivery.path


def test_late_orders_lie_behind_the_watermark_but_within_the_lookback() -> None:
    first, second = (day.delivery("bronze.orders").records for day in DAYS)
    watermark = max(orders.moment(r.values["updated_at"]) for r in first if r.reason is None)
    late = [record for record in second if record.late and record.reason is None]
    assert len(late) > 10
    for record in late:
        assert watermark - timedelta(days=3) <= orders.moment(record.values["updated_at"]) < watermark


def test_day_two_brings_new_orders_and_changes_of_known_ones() -> None:
    first, second = ({r.values["order_id"] for r in day.delivery("bronze.orders").records} for day in DAYS)
    assert len(second & first) > 50
    assert len(second - first) > 300


def test_some_customers_moved_before_the_list_in_which_that_is_told() -> None:
    first, second = (_moments(day) for day in DAYS)
    late = [who for who in first.keys() & second if any(max(first[who]) < at < DAYS[0].date for at in second[who])]
    assert len(late) > 8
    assert any(len(second[who]) > 1 for who in late), "an interval is split that is known on both sides"


def test_some_orders_are_by_guests_by_those_who_come_later_and_by_those_who_never_come() -> None:
    buyers = {r.values["customer_id"] for r in DAYS[0].delivery("bronze.orders").records if r.reason is None}
    first, second = ({r.values["customer_id"] for r in day.delivery("bronze.customers").records} for day in DAYS)
    assert "" in buyers
    assert len(buyers & (second - first)) > 5
    assert buyers - first - second - {""}


def test_some_prices_change_and_say_since_when() -> None:
    first, second = ({r.values["product_id"]: r.values for r in d.delivery("bronze.products").records} for d in DAYS)
    changed = [key for key in first if second[key]["updated_at"] > first[key]["updated_at"]]
    assert len(changed) > 5
    assert all(first[key]["price"] != second[key]["price"] for key in changed)


def test_broken_records_have_another_number_of_fields_than_the_header() -> None:
    delivery = DAYS[0].delivery("bronze.orders")
    lines = list(csv.reader(csv_text(delivery).splitlines()))
    assert lines[0] == list(delivery.columns)
    wrong = [len(line) != len(delivery.columns) for line in lines[1:]]
    assert wrong == [record.line is not None for record in delivery.records]
    assert any(wrong)


def test_every_address_and_number_is_reserved_for_examples() -> None:
    for day in DAYS:
        for record in day.delivery("bronze.customers").records:
            assert re.search(r"(?i)example\.(com|net|org)$|@$", record.values["email"])
            assert re.fullmatch(r"1\d{3}55501\d\d", re.sub(r"\D", "", record.values["phone"]))


def _content(record: Record) -> tuple[str, ...]:
    return (record.line,) if record.line is not None else tuple(record.values.values())


def _moments(day: Day) -> dict[str, set[str]]:
    """What a list tells of each customer, by since when it is so."""
    told: dict[str, set[str]] = {}
    for record in day.delivery("bronze.customers").records:
        if record.reason is None:
            told.setdefault(record.values["customer_id"], set()).add(record.values["updated_at"])
    return told
