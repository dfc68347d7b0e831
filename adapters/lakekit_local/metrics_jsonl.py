"""Metrics as JSON lines in a private file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from lakekit.plugin.disk import open_private
from lakekit.ports.clock import Clock


class JsonLinesMetrics:
    """The Metrics port. A line that cannot be written is lost: a full disk stops no run."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Append one line, in one write, so that processes may share the file."""
        line = json.dumps({"at": self._clock.now().isoformat(), "metric": name, "value": value, **labels})
        try:
            descriptor = open_private(self._path)
        except OSError:
            return
        try:
            os.write(descriptor, line.encode() + b"\n")
        except OSError:
            return
        finally:
            os.close(descriptor)
