"""Telling a person how far a batch is. A reporter that fails is told no more, and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from lakekit.domain.report import Ending
from lakekit.ports.log import Log
from lakekit.ports.progress import Progress
from lakekit.ports.telemetry import Reporter


class Guarded(Reporter):
    """Hands on to `reporter` until it raises; that is logged, once."""

    def __init__(self, reporter: Reporter, log: Log) -> None:
        self._reporter = reporter
        self._log = log
        self._failed = False

    def step(self, dataset: str, step: str) -> None:
        """Hand on."""
        self._safely(lambda: self._reporter.step(dataset, step))

    def read(self, dataset: str, rows: int, bytes: int, total: int | None) -> None:
        """Hand on."""
        self._safely(lambda: self._reporter.read(dataset, rows, bytes, total))

    def done(self, dataset: str, ending: Ending) -> None:
        """Hand on."""
        self._safely(lambda: self._reporter.done(dataset, ending))

    def _safely(self, tell: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            tell()
        except Exception as error:  # noqa: BLE001  # a terminal may be gone, a drawing may have a fault
            self._failed = True
            self._log.event("progress.failed", error=type(error).__name__)


class Reading(Progress):
    """Adds up what a source tells while it extracts `dataset`, whose files have `total` bytes, None where nobody knows.
    Sums are never below nothing, and bytes never above `total`, whatever is told; what is no number tells nothing."""

    def __init__(self, reporter: Reporter, dataset: str, total: int | None) -> None:
        self._reporter = reporter
        self._dataset = dataset
        self._total = total
        self._rows = self._bytes = 0
        self._lock = threading.Lock()

    def advance(self, rows: int = 0, bytes: int = 0) -> None:
        """Add, and hand the sums on."""
        with self._lock, suppress(TypeError):
            self._rows, self._bytes = max(0, self._rows + rows), max(0, self._bytes + bytes)
            if self._total is not None:
                self._bytes = min(self._bytes, self._total)
            self._reporter.read(self._dataset, self._rows, self._bytes, self._total)

    def landed(self, rows: int) -> None:
        """All is read, and these are the rows, whether the source has told of them or not."""
        with self._lock:
            self._rows, self._bytes = rows, self._bytes if self._total is None else self._total
            self._reporter.read(self._dataset, self._rows, self._bytes, self._total)
