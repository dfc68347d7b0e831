"""Telemetry that is kept for the test to look at."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from lakekit.domain.alert import Alert
from lakekit.domain.events import Event
from lakekit.domain.report import Ending
from lakekit.ports.log import Log
from lakekit.ports.telemetry import Alerts, Lineage, Metrics, Reporter, Waiting


class MemoryLineage(Lineage):
    """Keeps the events in the order in which they came."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Keep the event."""
        self.events.append(event)

    def waiting(self) -> Waiting:
        """Nothing waits."""
        return Waiting()

    def close(self) -> None:
        """The events stay."""


@frozen
class Measurement:
    """One number as it was recorded."""

    name: str
    value: float
    labels: Mapping[str, str] = field(factory=dict)


class MemoryMetrics(Metrics):
    """Keeps the measurements in the order in which they came."""

    def __init__(self) -> None:
        self.measurements: list[Measurement] = []

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Keep the measurement, labels as they are now."""
        self.measurements.append(Measurement(name, value, dict(labels)))


class MemoryAlerts(Alerts):
    """Keeps the alerts in the order in which they came. Where it is told `why`, none arrives, for that reason."""

    def __init__(self, why: str = "") -> None:
        self.alerts: list[Alert] = []
        self._why = why

    def send(self, alert: Alert) -> str:
        """Keep the alert."""
        if not self._why:
            self.alerts.append(alert)
        return self._why


@frozen
class LogLine:
    """One event of a log, with what was bound; fields that are None are left out, as the port says."""

    name: str
    fields: Mapping[str, object] = field(factory=dict)


class MemoryLog(Log):
    """Keeps the events of itself and of every log bound from it, in one list."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []
        self._bound: dict[str, object] = {}

    def event(self, name: str, /, **fields: object) -> None:
        """Keep the event."""
        told = {key: value for key, value in {**self._bound, **fields}.items() if value is not None}
        self.lines.append(LogLine(name, told))

    def bind(self, **fields: object) -> MemoryLog:
        """A log that carries `fields` too and writes into the same list."""
        bound = MemoryLog()
        bound.lines = self.lines
        bound._bound = {**self._bound, **fields}
        return bound


class RecordingReporter(Reporter):
    """Keeps (dataset, step) in the order in which they came; the end of a batch is a step named after the ending. What
    was read is kept beside, as (dataset, rows, bytes, total)."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self.readings: list[tuple[str, int, int, int | None]] = []

    def step(self, dataset: str, step: str) -> None:
        """Keep the step."""
        self.steps.append((dataset, step))

    def read(self, dataset: str, rows: int, bytes: int, total: int | None) -> None:
        """Keep the reading."""
        self.readings.append((dataset, rows, bytes, total))

    def done(self, dataset: str, ending: Ending) -> None:
        """Keep the end."""
        self.steps.append((dataset, ending.value))
