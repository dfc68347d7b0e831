"""Events that are kept for a while: what lies further back is fixed, with fewer of them, and the dimension stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.domain.report import Ending
from tests.integration.transforms.lakes import Lake

QUERY = "SELECT k, city, note, CAST(at AS TIMESTAMP) AS at FROM bronze.e"
OPTIONS = {"keys": ["k"], "sequence_by": "at", "incremental": ["bronze.e"], "track": ["city"]}
OLD = [
    (1, "Bern", "a", "2020-01-01 00:00:00"),
    (1, "Bern", "b", "2020-01-02 00:00:00"),
    (1, "Bern", "c", "2020-01-03 00:00:00"),
    (1, "Rome", "d", "2020-02-01 00:00:00"),
    (2, "Oslo", "e", "2020-01-01 00:00:00"),
]


def lake(root: Path, **options: object) -> Lake:
    made = Lake(root, {"e": {"k": "long", "city": "string", "note": "string", "at": "string"}})
    made.begin()
    made.append("e", OLD)
    made.transform("gold.dim", QUERY, materialization="scd2", **OPTIONS, **options)
    return made


def test_old_events_become_fewer_and_the_rows_stay(tmp_path: Path) -> None:
    kept, whole = lake(tmp_path / "kept", keep_events="30d"), lake(tmp_path / "whole")
    for each in (kept, whole):
        each.build()
    assert kept.rows("gold.dim") == whole.rows("gold.dim")
    assert (kept.rows("gold.dim_events").total(), whole.rows("gold.dim_events").total()) == (4, 5)
    now = (3, "Graz", "f", datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"))
    for each in (kept, whole):
        each.append("e", [now])
        assert each.build()["gold.dim"].ending is Ending.PUBLISHED
    assert kept.rows("gold.dim") == whole.rows("gold.dim")


def test_an_event_for_what_is_fixed_is_quarantined(tmp_path: Path) -> None:
    kept = lake(tmp_path, keep_events="30d")
    kept.build()
    before = kept.rows("gold.dim")
    kept.append("e", [(1, "Wien", "late", "2020-01-15 00:00:00")])
    told = kept.build()["gold.dim_events"]
    assert [(reason.code, reason.rows) for reason in told.quarantined] == [("too_late", 1)]
    assert kept.rows("gold.dim") == before


def test_what_is_told_again_of_what_is_fixed_is_nothing(tmp_path: Path) -> None:
    kept = lake(tmp_path, keep_events="30d")
    kept.build()
    before = kept.rows("gold.dim"), kept.rows("gold.dim_events")
    reports = kept.build(refresh=True)
    assert reports["gold.dim_events"].quarantined == ()
    assert (kept.rows("gold.dim"), kept.rows("gold.dim_events")) == before


def test_nulls_that_leave_what_was_before_need_all_events(tmp_path: Path) -> None:
    kept = lake(tmp_path, keep_events="30d", ignore_null_updates=True)
    with pytest.raises(ConfigError, match=r"config\.no_effect"):
        kept.build()


def test_what_newer_code_has_replaced_is_told_again(tmp_path: Path) -> None:
    made = Lake(tmp_path, {"e": {"k": "long", "city": "string", "at": "long"}})
    made.begin()
    made.append("e", [(1, "b", 1)])
    options = {"materialization": "scd2", "keys": ["k"], "sequence_by": "at"}
    for query in ("upper(city)", "city"):
        made.transform("gold.dim", f"SELECT k, {query} AS city, at FROM bronze.e", **options)
        assert made.build()["gold.dim"].ending is Ending.PUBLISHED
    made.table("bronze.e").update({"city": "'B'"})
    report = made.build()["gold.dim"]
    assert report.failure is not None  # of one key and moment the code of today has told two things
    assert report.failure.code == "dimension.tie"
