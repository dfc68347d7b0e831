"""What differs between a table and the settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lakekit.domain.table_options import AS_THEY_ARE, PLAIN, Change, Definition, TableOptions, changes, wished

RULES = {"lakekit_a_required": "NOT (`a` IS NULL)"}
FEED = "delta.enableChangeDataFeed"


@pytest.mark.parametrize(
    ("options", "found", "expected"),
    [
        (AS_THEY_ARE, Definition(("a",), RULES, {FEED: "true"}), []),
        (TableOptions(partition_by=("a", "b")), Definition(("b", "a")), [Change("partition_by", "b, a", "a, b")]),
        (TableOptions(partition_by=()), Definition(("a",)), [Change("partition_by", "a", None)]),
        (TableOptions(change_data_feed=False), PLAIN, []),
        (TableOptions(change_data_feed=False), Definition(properties={FEED: "true"}), [Change(FEED, "true", "false")]),
        (TableOptions(constraints=True), PLAIN, [Change("lakekit_a_required", None, RULES["lakekit_a_required"])]),
        (TableOptions(constraints=True), Definition(constraints=RULES), []),
        (TableOptions(constraints=True), Definition(constraints={**RULES, "theirs": "1 = 1"}), []),
        (
            TableOptions(constraints=True),
            Definition(constraints={"lakekit_a_required": "x"}),
            [Change("lakekit_a_required", "x", RULES["lakekit_a_required"])],
        ),
        (
            TableOptions(constraints=False),
            Definition(constraints={**RULES, "theirs": "1 = 1"}),
            [Change("lakekit_a_required", RULES["lakekit_a_required"], None)],
        ),
    ],
)
def test_only_what_the_settings_name_differs(options: TableOptions, found: Definition, expected: list[Change]) -> None:
    assert list(changes(options, RULES, found)) == expected


@pytest.mark.parametrize(
    ("retention", "told"),
    [
        (timedelta(days=30), "interval 30 days"),
        (timedelta(hours=169), "interval 169 hours"),
        (timedelta(days=7, minutes=1), "interval 10081 minutes"),
        (timedelta(days=7, seconds=1), "interval 604801 seconds"),
    ],
)
def test_a_retention_is_told_whole(retention: timedelta, told: str) -> None:
    assert wished(TableOptions(log_retention=retention), {}).properties == {"delta.logRetentionDuration": told}


def test_a_new_table_differs_in_nothing_from_its_settings() -> None:
    options = TableOptions(("a",), (), True, True, timedelta(days=60), timedelta(days=8))
    assert changes(options, RULES, wished(options, RULES)) == ()
