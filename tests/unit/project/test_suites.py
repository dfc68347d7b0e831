"""What `config/dq.yaml` and `config/dq_thresholds.yaml` mean, and what each slip in them is told as."""

from __future__ import annotations

import json

import pytest

from lakekit.domain.suite import Check, CheckKind, Severity

FILE = "config/dq.yaml"
THRESHOLDS = "config/dq_thresholds.yaml"


def with_checks(*checks: str) -> str:
    return "suites:\n  bronze.events:\n" + "".join(f"    - {check}\n" for check in checks)


def test_checks_arrive_in_their_order_with_named_thresholds(project):
    project.write(THRESHOLDS, "share: 0.05\nfew: 10\n")
    project.write(
        FILE,
        with_checks(
            "check: rejected_share\n      max: share",
            "{check: rows, min: few, max: 1e6, severity: warning}",
            "{check: unique, columns: [id, day]}",
            "{check: null_share, columns: [mail], max: 0}",
        ),
    )
    assert project.load().sources["bronze.events"].checks == (
        Check(CheckKind.REJECTED_SHARE, maximum=0.05),
        Check(CheckKind.ROWS, Severity.WARNING, minimum=10, maximum=1_000_000),
        Check(CheckKind.UNIQUE, columns=("id", "day")),
        Check(CheckKind.NULL_SHARE, columns=("mail",), maximum=0),
    )


@pytest.mark.parametrize("name", ["events", "bronze.events", "lake://bronze/events"])
def test_a_suite_finds_its_dataset_however_it_is_written(project, name):
    project.write(FILE, f"suites: {{'{name}': [{{check: rows, min: 1}}]}}")
    assert len(project.load().sources["bronze.events"].checks) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("config.empty", "‸# nothing yet"),
        ("config.unknown_key", "‸suite: {}"),
        ("config.missing_key", "‸{}"),
        ("config.wrong_type", "‸suites: [a]"),
        ("config.bad_dataset", "suites:\n  ‸Events: []"),
        ("config.duplicate_key", "suites:\n  events: []\n  ‸bronze.events: []"),
        ("suite.unknown_dataset", "suites:\n  ‸bronze.evnts: []"),
        ("suite.unknown_dataset", "suites:\n  ‸silver.events: []"),
        ("config.wrong_type", "suites:\n  events: ‸rows"),
        ("config.wrong_type", with_checks("‸rows")),
    ],
)
def test_a_mistake_is_told_where_it_stands(project, code, text):
    assert project.error_at_mark(FILE, text).code == code


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("config.missing_key", "{‸min: 1}".replace("{‸", "‸{")),
        ("config.bad_value", "{check: ‸row, min: 1}"),
        ("config.unknown_key", "{check: rows, ‸minimum: 1}"),
        ("config.unknown_key", "{check: rejected_share, ‸min: 0, max: 1}"),
        ("config.unknown_key", "{check: unique, columns: [id], ‸max: 1}"),
        ("config.bad_value", "{check: rows, min: 1, severity: ‸fatal}"),
        ("config.missing_key", "‸{check: rows}"),
        ("config.missing_key", "‸{check: rejected_share}"),
        ("config.missing_key", "‸{check: null_share, columns: [id]}"),
        ("config.missing_key", "‸{check: unique}"),
        ("config.unknown_column", "{check: unique, columns: [‸idd]}"),
        ("config.bad_value", "{check: unique, columns: [id, ‸id]}"),
        ("config.wrong_type", "{check: unique, ‸columns: []}"),
        ("config.wrong_type", "{check: unique, columns: ‸id}"),
        ("config.wrong_type", "{check: null_share, ‸columns: [id, day], max: 1}"),
        ("suite.unknown_threshold", "{check: rejected_share, max: ‸events_shares}"),
        ("config.wrong_type", "{check: rejected_share, max: ‸5%}"),
        ("suite.bad_limit", "{check: rejected_share, max: ‸5}"),
        ("suite.bad_limit", "{check: rejected_share, max: ‸-0.1}"),
        ("suite.bad_limit", "{check: null_share, columns: [id], max: ‸too_much}"),
        ("suite.bad_limit", "{check: rows, min: ‸-1}"),
        ("suite.bad_limit", "{check: rows, min: ‸10, max: 9}"),
        ("config.no_value", "{check: rows, min: ‸~}"),
        ("suite.unknown_threshold", "{check: rows, min: ‸nan}"),
    ],
)
def test_a_mistake_in_a_check_is_told_where_it_stands(project, code, check):
    project.write(THRESHOLDS, "events_share: 0.5\ntoo_much: 2\n")
    assert project.error_at_mark(FILE, with_checks(check)).code == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("config.wrong_type", "share: ‸few"),
        ("config.wrong_type", "share: ‸.inf"),
        ("config.wrong_type", "share: ‸1e999"),
        ("config.wrong_type", "‸share: [1]"),
        ("config.no_value", "share:‸"),
        ("suite.bad_threshold", "‸0.1: 0.1"),
        ("config.duplicate_key", "share: 1\n‸share: 2"),
    ],
)
def test_a_mistake_among_thresholds_is_told_where_it_stands(project, code, text):
    assert project.error_at_mark(THRESHOLDS, text).code == code


def test_an_unknown_threshold_is_answered_with_the_nearest_one(project):
    project.write(THRESHOLDS, "events_share: 0.5\n")
    error = project.error_at_mark(FILE, with_checks("{check: rejected_share, max: ‸event_share}"))
    assert "did you mean 'events_share'?" in error.what


def test_a_suite_may_belong_to_a_dataset_of_another_environment(project):
    project.write("config/prod.yaml", "lake: a\nsources: {clicks: {load_type: full}}")
    project.write(FILE, "suites: {bronze.clicks: [{check: rows, min: 1}]}")
    assert project.load("dev").sources["bronze.events"].checks == ()


def test_maps_are_not_asked_to_be_unique(project):
    columns = [{"name": "id", "type": "long"}, {"name": "m", "type": "array<map<string,int>>"}]
    contract = json.dumps({"name": "events", "columns": columns})
    project.write("config/schema_definitions/events.schema.json", contract)
    text = with_checks("{check: unique, columns: [id, ‸m]}")
    assert project.error_at_mark(FILE, text).code == "suite.bad_column"
