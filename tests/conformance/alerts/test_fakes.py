"""The in-memory alerts keep what the port promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lakekit.domain.alert import document
from lakekit.ports.telemetry import Alerts
from lakekit.testing.alerts import AlertsSuite
from lakekit.testing.fakes import MemoryAlerts


class TestMemoryAlerts(AlertsSuite):
    def make(self, folder: Path) -> Alerts:  # noqa: ARG002  # it has no place
        self.kept = getattr(self, "kept", MemoryAlerts())
        return self.kept

    def out_of_reach(self, folder: Path) -> Alerts:  # noqa: ARG002  # it has no place
        return MemoryAlerts("out of reach")

    def received(self, folder: Path) -> Sequence[Mapping[str, object]]:  # noqa: ARG002  # it has no place
        return [document(alert) for alert in self.kept.alerts]
