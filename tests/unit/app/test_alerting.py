"""Alerts stand outside the publish path: what becomes of them is logged, and nothing else."""

from __future__ import annotations

import pytest

from lakekit.app.alerting import Chosen, alert
from lakekit.app.tools import Run, Tools
from lakekit.domain.alert import Alert, AlertKind
from lakekit.domain.report import BatchReport, Ending, Failure
from lakekit.ports.telemetry import Alerts
from lakekit.testing.alerts import ALERTS
from lakekit.testing.fakes import FakeClock, MemoryAlerts, MemoryLog
from tests.tools import tools

FAILED = BatchReport("bronze.orders", Ending.FAILED, failure=Failure("source.unreadable", ("it is gone",), 1))


class Broken(Alerts):
    """A plugin's that breaks its promise."""

    def send(self, alert: Alert) -> str:  # noqa: ARG002  # it breaks before it looks
        raise ValueError("https://example.com/secret")


def alerting(alerts: Alerts, log: MemoryLog) -> Tools:
    return tools(alerts=alerts, log=log, clock=FakeClock())


def test_an_alert_says_of_which_run_it_is_and_when() -> None:
    alerts, log = MemoryAlerts(), MemoryLog()
    alert(alerting(alerts, log), Run("1" * 32, "2" * 32, "run"), FAILED)
    (told,) = alerts.alerts
    assert (told.run_id, told.command, told.at) == ("1" * 32, "run", FakeClock().now().isoformat())
    assert log.lines == []


@pytest.mark.parametrize(("alerts", "error"), [(MemoryAlerts("it is down"), "it is down"), (Broken(), "ValueError")])
def test_one_that_does_not_arrive_is_logged_and_raises_nothing(alerts: Alerts, error: str) -> None:
    log = MemoryLog()
    alert(alerting(alerts, log), Run("1" * 32, "2" * 32), FAILED)
    (line,) = log.lines
    assert (line.name, line.fields["error"]) == ("telemetry.failed", error)


@pytest.mark.parametrize("kind", AlertKind)
def test_kinds_that_nobody_chose_are_left_out_and_have_not_failed(kind: AlertKind) -> None:
    alerts = MemoryAlerts()
    assert [Chosen(alerts, {kind}).send(told) for told in ALERTS] == [""] * len(ALERTS)
    assert [told.kind for told in alerts.alerts] == [kind]
