"""Metrics as JSON lines in a private file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lakekit.ports.clock import Clock
from lakekit_local.json_lines import append


class JsonLinesMetrics:
    """The Metrics port. A line that cannot be written is lost: a full disk stops no run."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Append one line."""
        with suppress(OSError):
            append(self._path, {"at": self._clock.now().isoformat(), "metric": name, "value": value, **labels})
