"""What a source tells of its progress, kept for the test to look at."""

from __future__ import annotations

import threading

from lakekit.ports.progress import Progress


class RecordingProgress(Progress):
    """Keeps the sums of what it is told, and the extremes that they had on the way."""

    def __init__(self) -> None:
        self.rows = self.bytes = 0
        self.calls = 0
        self.fewest_rows = self.fewest_bytes = self.most_bytes = 0
        self._lock = threading.Lock()

    def advance(self, rows: int = 0, bytes: int = 0) -> None:
        """Add."""
        with self._lock:
            self.calls += 1
            self.rows += rows
            self.bytes += bytes
            self.fewest_rows = min(self.fewest_rows, self.rows)
            self.fewest_bytes = min(self.fewest_bytes, self.bytes)
            self.most_bytes = max(self.most_bytes, self.bytes)
