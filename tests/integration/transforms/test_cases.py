"""Cases of transforms, run as `lakekit test` runs them, but for the runtime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lakekit.app.telemetry import Silent
from lakekit.compose import Application, application
from lakekit.compose.cases import Cases
from lakekit.domain.errors import ConfigError
from lakekit.domain.transform_case import CaseReport
from lakekit.plugin.manager import load_plugins
from lakekit.project import load
from lakekit.project.selection import Selection
from lakekit.testing.fake_runtime import EngineRuntime
from tests.integration.transforms.lakes import Lake

COLUMNS = {
    "orders": {"id": "long", "who": "string", "amount": "decimal(10,2)", "at": "timestamp", "day": "date"},
    "people": {"who": "string", "city": "string", "score": "double"},
}
BIG = "SELECT id, who, amount, at, day FROM bronze.orders WHERE amount > 5"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, COLUMNS)
    made.begin()
    made.transform("silver.big", BIG)
    return made


def cases(app: Application) -> Cases:
    runtime = lambda apart: EngineRuntime(apart.tools.engine, apart.settings.root / "runtime")  # noqa: E731
    return Cases(app.settings, app.plugins.transforms, app.apart, runtime)


def run(lake: Lake, *told: dict, select: Sequence[str] = (), patterns: Sequence[str] = ()) -> list[CaseReport]:
    """Run cases, which are silver.big's unless they say otherwise."""
    whole = [{"name": f"case {n}", "transform": "silver.big", **case} for n, case in enumerate(told)]
    lake.write("tests/transforms/c.yaml", json.dumps({"cases": whole}, indent=1))
    with application(lake.root, None, Silent()) as app:
        return list(cases(app).run(Selection(tuple(select)), patterns))


def given(*rows: dict) -> dict:
    return {"bronze.orders": list(rows)}


def test_rows_that_are_as_expected_pass_in_any_order_and_notation(lake: Lake) -> None:
    rows = [
        {"id": 1, "amount": 10.5, "at": "2026-01-31 12:00:00+02:00", "day": "2026-01-31"},
        {"id": 2, "amount": 7},
        {"id": 3},
    ]
    expect = [
        {"id": 2, "amount": "7.00", "at": None},
        {"id": "1", "amount": "10.50", "at": "2026-01-31T10:00:00Z"},
    ]
    (report,) = run(lake, {"inputs": given(*rows), "expect": expect})
    assert report.passed, report


def test_what_differs_is_told_by_row_and_cell(lake: Lake) -> None:
    rows = given({"id": 1, "amount": 10}, {"id": 2, "amount": 20}, {"id": 2, "amount": 20})
    expect = [{"id": 1, "amount": 11}, {"id": 2, "amount": 20}, {"id": 9, "amount": 99}]
    (report,) = run(lake, {"inputs": rows, "expect": expect})
    assert report.diff is not None
    assert report.diff.columns == ("id", "amount")
    assert [(c.expected, c.made) for c in report.diff.changed] == [(("1", "11.00"), ("1", "10.00"))]
    assert (report.diff.missing, report.diff.unexpected) == ((("9", "99.00"),), (("2", "20.00"),))


def test_columns_that_are_not_expected_count_when_exact(lake: Lake) -> None:
    case = {"inputs": given({"id": 1, "amount": 10, "who": "ann"}), "expect": [{"id": 1, "amount": 10}]}
    loose, exact = run(lake, case, {**case, "exact": True})
    assert loose.passed
    assert not exact.passed


def test_no_rows_are_expected(lake: Lake) -> None:
    none, some = run(
        lake, {"inputs": given({"id": 1}), "expect": []}, {"inputs": given({"id": 1, "amount": 9}), "expect": []}
    )
    assert none.passed
    assert some.diff is not None
    assert len(some.diff.unexpected) == 1


def test_the_order_counts_where_it_is_asked_for(lake: Lake) -> None:
    lake.transform("silver.big", BIG + " ORDER BY id DESC")
    rows = given(*({"id": n, "amount": 10} for n in range(3)))
    right, wrong = run(
        lake,
        {"inputs": rows, "ordered": True, "expect": [{"id": 2}, {"id": 1}, {"id": 0}]},
        {"inputs": rows, "ordered": True, "expect": [{"id": 2}, {"id": 0}, {"id": 1}]},
    )
    assert right.passed
    assert wrong.diff is not None
    assert wrong.diff.moved == 2


def test_increments_are_built_as_a_run_builds_them(lake: Lake) -> None:
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"]}
    lake.transform("silver.big", BIG, **options, delete_when="who = 'gone'")
    case = {
        "inputs": given({"id": 1, "amount": 10}, {"id": 2, "amount": 20}),
        "then": [
            given({"id": 1, "amount": 11}),
            given({"id": 2, "amount": 20, "who": "gone"}, {"id": 3, "amount": 30}),
        ],
        "expect": [{"id": 1, "amount": 11}, {"id": 3, "amount": 30}],
    }
    (report,) = run(lake, case)
    assert report.passed, report


def test_time_stands_still_at_now(lake: Lake) -> None:
    lake.transform("silver.big", "SELECT id, current_date AS today, now() AS at FROM bronze.orders")
    expect = [{"id": 1, "today": "2026-01-31", "at": "2026-01-31T10:00:00Z"}]
    case = {"inputs": given({"id": 1}), "expect": expect}
    stopped, running = run(lake, {**case, "now": "2026-01-31T10:00:00Z"}, case)
    assert stopped.passed, stopped
    assert not running.passed
    assert ["now" in note for note in running.notes] == [True]


def test_an_upstream_transform_gives_its_columns_and_types(lake: Lake) -> None:
    lake.transform("gold.sums", "SELECT who, sum(amount) AS total FROM silver.big GROUP BY who")
    rows = [{"who": "ann", "amount": "1.25"}, {"who": "ann", "amount": "2.5"}, {"who": None, "amount": None}]
    expect = [{"who": "ann", "total": 3.75}, {"who": None, "total": None}]
    (report,) = run(lake, {"transform": "gold.sums", "inputs": {"silver.big": rows}, "expect": expect})
    assert report.passed, report


def test_the_users_lake_is_neither_read_nor_made(lake: Lake) -> None:
    (lake.root / "lake").write_text("no folder: whoever opens it fails")
    (report,) = run(lake, {"inputs": given({"id": 1, "amount": 9}), "expect": [{"id": 1}]})
    assert report.passed
    assert (lake.root / "lake").is_file()
    assert not (lake.root / ".lakekit").exists()


def test_a_query_that_fails_fails_its_cases_alone(lake: Lake) -> None:
    lake.transform("silver.bad", "SELECT frobnicate(who) AS n FROM bronze.people")
    bad = {"transform": "silver.bad", "inputs": {"bronze.people": [{"who": "x"}]}, "expect": [{"n": 1}]}
    failed, passed = run(lake, bad, {"inputs": given({"id": 1, "amount": 9}), "expect": [{"id": 1}]})
    assert failed.failure is not None
    assert passed.passed


def test_rows_that_break_the_contract_fail_and_checks_of_batches_do_not_count(lake: Lake) -> None:
    contract = {"name": "big", "columns": [{"name": "who", "type": "string", "allowed": ["ann"]}]}
    lake.write("config/schema_definitions/big.schema.json", json.dumps(contract))
    lake.write("config/dq.yaml", '{"suites": {"silver.big": [{"check": "rows", "min": 100}]}}')
    lake.transform("silver.big", "SELECT who FROM bronze.orders", contract="big")
    kept, broken = run(
        lake,
        {"inputs": given({"who": "ann"}), "expect": [{"who": "ann"}]},
        {"inputs": given({"who": "bob"}), "expect": [{"who": "bob"}]},
    )
    assert kept.passed, kept
    assert broken.failure is not None
    assert broken.failure.code == "gate.contract"


def test_personal_values_are_hashed_in_what_is_shown_also_where_they_were_made_of_others(lake: Lake) -> None:
    columns = [{"name": "who", "type": "string", "pii": "name"}, {"name": "city", "type": "string"}]
    lake.write("config/schema_definitions/people.schema.json", json.dumps({"name": "people", "columns": columns}))
    lake.transform("silver.loud", "SELECT upper(who) AS called, city FROM bronze.people")
    case = {"transform": "silver.loud", "inputs": {"bronze.people": [{"who": "Ann Smith", "city": "Bern"}]}}
    (report,) = run(lake, {**case, "expect": [{"called": "BOB JONES", "city": "Bern"}]})
    assert report.diff is not None
    assert "Bern" in str(report.diff)
    assert "SMITH" not in str(report.diff)
    assert "JONES" not in str(report.diff)
    assert str(report.diff).count("hmac:") == 2


def test_a_column_that_a_contract_may_grow_by_is_taken_by_its_values_and_told(lake: Lake) -> None:
    told = json.loads((lake.root / "config/schema_definitions/orders.schema.json").read_text())
    lake.write("config/schema_definitions/orders.schema.json", json.dumps({**told, "evolution": {"new_column": "add"}}))
    lake.transform("silver.big", "SELECT id, tip * 2 AS tips FROM bronze.orders")
    (report,) = run(lake, {"inputs": given({"id": 1, "tip": 3}), "expect": [{"id": 1, "tips": 6}]})
    assert report.passed, report
    assert report.notes == ("bronze.orders.tip is in no contract; it is taken for long",)


@pytest.mark.parametrize(
    ("case", "code", "hint"),
    [
        ({"inputs": given({"idd": 1}), "expect": []}, "case.unknown_column", "did you mean 'id'?"),
        ({"inputs": given({"id": "x"}), "expect": []}, "case.bad_value", "write it like 0"),
        ({"inputs": given({"_extra": "x"}), "expect": []}, "case.bad_value", "leave the column out; it is NULL then"),
        ({"inputs": {"bronze.order": []}, "expect": []}, "case.unknown_input", "did you mean 'bronze.orders'?"),
        ({"inputs": {}, "expect": [{"amuont": 1}]}, "case.unknown_column", "did you mean 'amount'?"),
        ({"inputs": {}, "expect": [{"day": "31.1.2026"}]}, "case.bad_value", "write it like 2026-01-31"),
        ({"inputs": {}, "expect": [], "now": "2026-01-31"}, "config.no_effect", "remove 'now'"),
        ({"inputs": {}, "then": [{}], "expect": [], "ordered": True}, "config.no_effect", "remove 'ordered'"),
    ],
)
def test_a_mistake_in_a_case_is_told_before_any_has_run(lake: Lake, case: dict, code: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        run(lake, {"inputs": {}, "expect": []}, case)
    assert caught.value.code == code
    assert caught.value.where.startswith("tests/transforms/c.yaml:")
    assert caught.value.next == hint


def test_cases_are_selected_by_transform_and_by_name(lake: Lake) -> None:
    lake.transform("silver.other", "SELECT who FROM bronze.people")
    told = [{"inputs": {}, "expect": []}, {"inputs": {}, "expect": [], "transform": "silver.other"}]
    assert [r.case.name for r in run(lake, *told, select=["silver.o*"])] == ["case 1"]
    assert [r.case.name for r in run(lake, *told, patterns=["*0"])] == ["case 0"]
    with pytest.raises(ConfigError) as caught:
        run(lake, *told, patterns=["*7"])
    assert caught.value.code == "case.none"


def test_an_increment_that_cannot_be_told_fails_as_its_build_would(lake: Lake) -> None:
    query = "SELECT who, count(*) AS n FROM bronze.orders GROUP BY who"
    lake.transform("silver.big", query, materialization="append", incremental=["bronze.orders"])
    (report,) = run(lake, {"inputs": given({"id": 1}), "expect": []})
    assert report.failure is not None
    assert report.failure.code == "transform.not_incremental"


def test_a_plugins_transforms_bring_their_cases(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("package")
    (folder / "transforms/silver").mkdir(parents=True)
    (folder / "transforms/silver/cities.sql").write_text("SELECT DISTINCT city FROM bronze.people")
    (folder / "tests/transforms").mkdir(parents=True)
    case = {"name": "once", "transform": "silver.cities", "inputs": {"bronze.people": [{"city": "Bern"}] * 2}}
    told = json.dumps({"cases": [{**case, "expect": [{"city": "Bern"}]}]})
    (folder / "tests/transforms/cities.yaml").write_text(told)
    settings = json.loads((lake.root / "config/dev.yaml").read_text())
    lake.write("config/dev.yaml", json.dumps({**settings, "transforms": ["cities"]}))
    plugins = load_plugins()
    app = Application(load(lake.root, None, {}, packages=lambda _: folder), plugins, Silent())
    runtime = lambda apart: EngineRuntime(apart.tools.engine, apart.settings.root / "runtime")  # noqa: E731
    (report,) = Cases(app.settings, lambda _: folder, app.apart, runtime).run(Selection())
    assert report.passed, report
    assert report.case.place.startswith("cities:tests/transforms/cities.yaml:1:")
