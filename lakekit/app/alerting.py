"""Telling somebody, after the fact, of what has ended badly or drifted. What fails here is logged, and changes
nothing."""

from __future__ import annotations

from collections.abc import Collection

from lakekit.app.telemetry import safely
from lakekit.app.tools import Run, Tools
from lakekit.domain.alert import Alert, AlertKind, alerts_of
from lakekit.domain.report import BatchReport, BuildReport
from lakekit.ports.telemetry import Alerts


class Chosen(Alerts):
    """Passes on alerts of some kinds, and leaves out the others."""

    def __init__(self, alerts: Alerts, kinds: Collection[AlertKind]) -> None:
        self._alerts = alerts
        self._kinds = frozenset(kinds)

    def send(self, alert: Alert) -> str:
        """As the adapter does; one that was left out has not failed."""
        return self._alerts.send(alert) if alert.kind in self._kinds else ""


def alert(tools: Tools, run: Run, report: BatchReport | BuildReport) -> None:
    """A batch or build has ended so; nobody waits for its lease by now."""
    at = tools.clock.now().isoformat()
    for told in alerts_of(report, at, run.id, run.command):
        _send(tools, told)


def _send(tools: Tools, told: Alert) -> None:
    def send() -> None:
        if why := tools.alerts.send(told):
            tools.log.event("telemetry.failed", error=why, alert=told.kind.value, dataset=told.dataset)

    safely(tools, send)
