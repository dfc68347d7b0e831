"""Alerts: what somebody should know of a run without looking."""

from __future__ import annotations

import enum

from attrs import frozen

from lakekit.domain.errors import LONGEST_LINE
from lakekit.domain.events import INGEST
from lakekit.domain.held import held_batch, held_build
from lakekit.domain.report import BatchReport, BuildReport, Ending
from lakekit.domain.suite import Verdict

MOST_LINES = 50
"""Lines of drift that one alert tells."""


class AlertKind(enum.Enum):
    """`FAILED`: a batch or build failed. `HELD`: a gate holds it. `DRIFT`: a source differs from its contract otherwise
    than with the batch before."""

    FAILED = "failed"
    HELD = "held"
    DRIFT = "drift"


@frozen
class Alert:
    """One thing that happened to a dataset. `at` is an ISO timestamp in UTC, `run_id` 32 hex digits of the invocation,
    whose `command` it is; `batch` is None where none was opened, and of a build. `code` and `lines` are those of the
    error, as people see them; `drift` has a line for each column, `+` new, `-` missing, `~` of another type or name.
    Nothing here holds a value of a row, or a secret."""

    kind: AlertKind
    at: str
    dataset: str
    run_id: str
    command: str = INGEST
    batch: int | None = None
    code: str | None = None
    lines: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()


def alerts_of(report: BatchReport | BuildReport, at: str, run_id: str, command: str) -> tuple[Alert, ...]:
    """What there is to alert of in a batch or build that has ended: its drift first, then what stopped it."""
    batch = report.number if isinstance(report, BatchReport) else None

    def alert(kind: AlertKind, code: str | None, lines: tuple[str, ...], drift: tuple[str, ...] = ()) -> Alert:
        return Alert(kind, at, report.dataset, run_id, command, batch, code, lines, drift)

    told = []
    if isinstance(report, BatchReport) and report.drift and (drift := _bounded(report.drift.lines())):
        told.append(alert(AlertKind.DRIFT, None, (), drift))
    if report.ending is Ending.HELD:
        told.append(alert(AlertKind.HELD, "gate.held", _held(report)))
    elif report.failure:
        told.append(alert(AlertKind.FAILED, report.failure.code, report.failure.lines))
    return tuple(told)


def document(alert: Alert) -> dict[str, object]:
    """The alert as it stands in JSON, with each key at all times."""
    return {
        "kind": alert.kind.value,
        "at": alert.at,
        "dataset": alert.dataset,
        "run": alert.run_id,
        "command": alert.command,
        "batch": alert.batch,
        "code": alert.code,
        "lines": list(alert.lines),
        "drift": list(alert.drift),
    }


def _held(report: BatchReport | BuildReport) -> tuple[str, ...]:
    verdict = report.verdict or Verdict()
    if isinstance(report, BatchReport):
        return held_batch(report.dataset, report.number, verdict)
    return held_build(report.dataset, verdict)


def _bounded(lines: tuple[str, ...]) -> tuple[str, ...]:
    """A file without the header that was expected has a column for each of its cells, of any length."""
    more = (f"and {len(lines) - MOST_LINES} more",) if len(lines) > MOST_LINES else ()
    return (*(_cut(line) for line in lines[:MOST_LINES]), *more)


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."
