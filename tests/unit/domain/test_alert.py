"""What there is to alert of, by how a batch or build has ended."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.alert import MOST_LINES, Alert, AlertKind, alerts_of, document
from lakekit.domain.drift import NO_DRIFT, Drift
from lakekit.domain.errors import LONGEST_LINE
from lakekit.domain.report import BatchReport, BuildReport, Ending, Failure
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Outcome, Severity, Verdict

AT = "2024-05-01T06:00:00+00:00"
FAILURE = Failure("source.unreadable", ("source.unreadable: it is gone", "  next: bring it back"), 1)
DRIFT = Drift(new=(TableColumn("more", "string"),), missing=("note",))
VERDICT = Verdict((Outcome("rows", Severity.CRITICAL, False, 0), Outcome("unique(id)", Severity.WARNING, False, 2)))


def told(report: BatchReport | BuildReport) -> tuple[Alert, ...]:
    return alerts_of(report, AT, "r" * 32, "run")


def test_a_failure_is_told_with_its_code_and_lines() -> None:
    for report, batch in (
        (BatchReport("bronze.orders", Ending.FAILED, 4, failure=FAILURE), 4),
        (BatchReport("bronze.orders", Ending.FAILED, failure=FAILURE), None),
        (BuildReport("bronze.orders", Ending.FAILED, 4, failure=FAILURE), None),
    ):
        assert told(report) == (
            Alert(AlertKind.FAILED, AT, "bronze.orders", "r" * 32, "run", batch, FAILURE.code, FAILURE.lines),
        )


def test_what_a_gate_holds_is_told_with_the_critical_checks_that_failed() -> None:
    (batch,) = told(BatchReport("bronze.orders", Ending.HELD, 4, verdict=VERDICT))
    (build,) = told(BuildReport("silver.totals", Ending.HELD, verdict=VERDICT))
    assert (batch.kind, batch.code, batch.batch) == (AlertKind.HELD, "gate.held", 4)
    assert (build.kind, build.code, build.batch) == (AlertKind.HELD, "gate.held", None)
    for alert in (batch, build):
        assert alert.lines[1] == "  rows: 0 observed"
        assert not any("unique" in line for line in alert.lines)
        assert alert.lines[-1].startswith("  next: ")


def test_new_drift_is_told_however_the_batch_ends_and_before_what_stopped_it() -> None:
    for ending, failure, kinds in (
        (Ending.PUBLISHED, None, [AlertKind.DRIFT]),
        (Ending.HELD, None, [AlertKind.DRIFT, AlertKind.HELD]),
        (Ending.FAILED, FAILURE, [AlertKind.DRIFT, AlertKind.FAILED]),
    ):
        alerts = told(BatchReport("bronze.orders", ending, 1, failure=failure, drift=DRIFT))
        assert [alert.kind for alert in alerts] == kinds
        assert alerts[0].drift == ("+ more string", "- note")
        assert [alert.drift for alert in alerts[1:]] == [()] * (len(kinds) - 1)


def test_what_ends_well_or_does_not_begin_is_no_alert() -> None:
    for ending in (Ending.PUBLISHED, Ending.NOTHING_NEW, Ending.NOT_RUN):
        assert told(BatchReport("bronze.orders", ending)) == ()
        assert told(BuildReport("silver.totals", ending)) == ()
    assert told(BatchReport("bronze.orders", Ending.PUBLISHED, drift=NO_DRIFT)) == ()


@given(st.lists(st.integers(1, 3 * LONGEST_LINE), unique=True, max_size=2 * MOST_LINES))
def test_drift_is_bounded_and_says_how_much_it_leaves_out(lengths: list[int]) -> None:
    columns = tuple(TableColumn("c" * length, "string") for length in lengths)
    lines = [line for alert in told(BatchReport("b", Ending.PUBLISHED, drift=Drift(columns))) for line in alert.drift]
    assert all(len(line) <= LONGEST_LINE + 3 for line in lines)
    assert len(lines) == min(len(columns), MOST_LINES + 1)
    if len(columns) > MOST_LINES:
        assert lines[-1] == f"and {len(columns) - MOST_LINES} more"


def test_a_document_has_all_of_its_keys_at_all_times() -> None:
    assert document(Alert(AlertKind.DRIFT, AT, "bronze.orders", "r" * 32, drift=("+ a int",))) == {
        "kind": "drift",
        "at": AT,
        "dataset": "bronze.orders",
        "run": "r" * 32,
        "command": "ingest",
        "batch": None,
        "code": None,
        "lines": [],
        "drift": ["+ a int"],
    }
