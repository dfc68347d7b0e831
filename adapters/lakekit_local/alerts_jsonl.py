"""Alerts as JSON lines in a private file."""

from __future__ import annotations

from pathlib import Path

from lakekit.domain.alert import Alert, document
from lakekit.ports.telemetry import Alerts
from lakekit_local.json_lines import append


class JsonLinesAlerts(Alerts):
    """One line for each alert. One that cannot be written is lost: a full disk stops no run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, alert: Alert) -> str:
        """Append one line."""
        try:
            append(self._path, document(alert))
        except OSError as error:
            return f"{self._path.name} cannot be written ({type(error).__name__})"
        return ""
