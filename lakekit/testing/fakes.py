"""In-memory stand-ins for the ports, for the tests of whoever uses a port."""

from __future__ import annotations

from lakekit.testing.fake_clock import FakeClock, FakeIds, FakeProcesses
from lakekit.testing.fake_progress import RecordingProgress
from lakekit.testing.fake_state_store import MemoryStateStore
from lakekit.testing.fake_telemetry import (
    MemoryAlerts,
    MemoryLineage,
    MemoryLog,
    MemoryMetrics,
    RecordingReporter,
)

__all__ = [
    "FakeClock",
    "FakeIds",
    "FakeProcesses",
    "MemoryAlerts",
    "MemoryLineage",
    "MemoryLog",
    "MemoryMetrics",
    "MemoryStateStore",
    "RecordingProgress",
    "RecordingReporter",
]
