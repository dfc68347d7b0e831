"""Cases of dimensions: rows of the query's inputs are given, and rows of the dimension expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lakekit.app.cases.sample import Wish
from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.errors import ConfigError
from lakekit.project.selection import EVERYTHING
from tests.integration.transforms.feeds import CHANGES, QUERY, SCD2, Fed, begun, raw
from tests.integration.transforms.test_cases import cases, run

DIM = {"transform": "gold.dim"}


@pytest.fixture
def fed(tmp_path: Path) -> Fed:
    return begun(tmp_path, {**CHANGES, "incremental": ["bronze.e"]})


def given(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"bronze.e": list(rows)}


def test_rows_of_its_inputs_make_rows_of_the_dimension_delivery_by_delivery(fed: Fed) -> None:
    passes = {
        "inputs": given({"k": 1, "at": 1, "city": "Bern"}, {"k": 2, "at": 1, "city": "Oslo"}),
        "then": [
            given({"k": 1, "at": 5, "city": "Rome"}),
            given({"k": 1, "at": 3, "city": "Graz"}, {"k": 2, "at": 4, "op": "d"}),
        ],
        "expect": [
            {"k": 1, "city": "Bern", "valid_from": 1, "valid_to": 3, "is_current": False},
            {"k": 1, "city": "Graz", "valid_from": 3, "valid_to": 5, "is_current": False},
            {"k": 1, "city": "Rome", "valid_from": 5, "valid_to": None, "is_current": True},
            {"k": 2, "city": "Oslo", "valid_from": 1, "valid_to": 4, "is_current": False},
        ],
    }
    fails = {**passes, "then": [], "expect": passes["expect"][:1]}
    first, second = run(fed.lake, {**DIM, **passes}, {**DIM, **fails})
    assert first.passed, first
    assert not second.passed
    assert second.diff is not None
    assert not fed.lake.path("gold.dim").exists()


def test_an_error_on_the_way_fails_the_case(fed: Fed) -> None:
    tied = given({"k": 1, "at": 1, "city": "Bern"}, {"k": 1, "at": 1, "city": "Oslo"})
    (report,) = run(fed.lake, {**DIM, "inputs": tied, "expect": []})
    assert report.failure is not None
    assert report.failure.code == "dimension.tie"


def test_its_events_have_cases_too(fed: Fed) -> None:
    case = {
        "transform": "gold.dim_events",
        "inputs": given({"k": 1, "at": 1}, {"at": 2}, {"k": 1, "at": 3, "op": "t"}),
        "expect": [
            {"k": 1, "at": 1, "_operation": "upsert", "_reason": None},
            {"k": None, "at": 2, "_operation": "upsert", "_reason": "null_key"},
            {"k": 1, "at": 3, "_operation": "truncate", "_reason": None},
        ],
    }
    (report,) = run(fed.lake, case)
    assert report.passed, report


def test_what_reads_a_dimension_is_given_its_rows(fed: Fed) -> None:
    fed.lake.transform("gold.now", "SELECT k, city FROM gold.dim WHERE is_current")
    rows = {"gold.dim": [{"k": 1, "city": "Bern", "is_current": True}, {"k": 1, "city": "Oslo", "is_current": False}]}
    (report,) = run(fed.lake, {"transform": "gold.now", "inputs": rows, "expect": [{"k": 1, "city": "Bern"}]})
    assert report.passed, report


def test_snapshots_without_a_sequence_are_of_the_moment_that_a_case_says(tmp_path: Path) -> None:
    options = {
        "materialization": "scd2",
        "keys": ["k"],
        "snapshot": True,
        "absent": "keep",
        "except": ["op", "n", "at"],
    }
    fed = begun(tmp_path, options)
    case = {
        **DIM,
        "now": "2026-01-31T00:00:00Z",
        "inputs": given({"k": 1, "city": "Bern"}),
        "then": [given({"k": 2, "city": "Oslo"})],
        "expect": [
            {"k": 1, "valid_from": "2026-01-31T00:00:00Z", "is_current": True},
            {"k": 2, "valid_from": "2026-01-31T00:00:00.000001Z", "is_current": True},
        ],
    }
    (report,) = run(fed.lake, case)
    assert report.passed, report


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"inputs": {"gold.dim_events": [{"k": 1}]}, "expect": []}, "case.unknown_input"),
        ({"inputs": given({"k": 1, "cty": "x"}), "expect": []}, "case.unknown_column"),
        ({"inputs": given({"k": 1}), "expect": [{"valid_frm": 1}]}, "case.unknown_column"),
        ({"inputs": given({"k": "x"}), "expect": []}, "case.bad_value"),
        ({"inputs": given({"k": 1}), "expect": [{"valid_from": "soon"}]}, "case.bad_value"),
        ({"inputs": given({"k": 1}), "expect": [], "ordered": True}, "config.no_effect"),
        ({"inputs": given({"k": 1}), "expect": [], "now": "2026-01-31T00:00:00Z"}, "config.no_effect"),
    ],
)
def test_mistakes_are_told_with_their_place(fed: Fed, case: dict[str, Any], code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        run(fed.lake, {**DIM, **case})
    assert caught.value.code == code
    assert "c.yaml:" in caught.value.where


def test_a_case_is_written_from_rows_of_the_lake_and_passes(fed: Fed) -> None:
    fed.lake.transform("gold.dim", QUERY, **{**SCD2, "incremental": ["bronze.e"], "track_except": ["name"]})
    fed.feed([raw(1, 1, "Bern"), raw(1, 2, "Oslo"), raw(2, 1, "Rome")])
    with application(fed.lake.root, None, Silent()) as app:
        made = cases(app).create("gold.dim", Wish(keys={"k": "1"}), lambda: app.tools)
    assert (made.given, made.expected) == ({"bronze.e": 2}, 2)
    text = (fed.lake.root / made.file).read_text()
    assert "valid_to" in text
    assert "_version_key" not in text
    with application(fed.lake.root, None, Silent()) as app:
        (report,) = cases(app).run(EVERYTHING)
    assert report.passed, report
