"""Waiting for executors, but not for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from lakekit.domain.errors import EngineError
from lakekit_spark.options import PATIENCE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_TAG = "lakekit"
_EVERY = 1.0


@contextmanager
def watched(session: SparkSession, patience: float | None) -> Iterator[None]:
    """Ends the queries of this thread when they had no executor for so many seconds: then raises EngineError. A master
    whose workers are all gone, or busy, would let them wait without end."""
    if patience is None:
        yield
        return
    watch = _Watch(session, patience)
    session.sparkContext.addJobTag(_TAG)
    watch.start()
    try:
        yield
    except Exception:
        if watch.ended:
            raise _none(patience) from None
        raise
    finally:
        watch.stop()
        with suppress(Exception):  # the session may be gone; what is told then is what the query met
            session.sparkContext.removeJobTag(_TAG)


class _Watch:
    def __init__(self, session: SparkSession, patience: float) -> None:
        self.ended = False
        self._session = session
        self._rounds = max(1, round(patience / _EVERY))
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        without = 0
        with suppress(Exception):  # Spark is gone, as the query learns too
            while not self._done.wait(_EVERY):
                without = 0 if self._executors() else without + 1
                if without >= self._rounds:
                    self.ended = True
                    self._session.sparkContext.cancelJobsWithTag(_TAG)

    def _executors(self) -> int:
        """The driver itself is told among them."""
        return int(self._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1  # noqa: SLF001


def _none(patience: float) -> EngineError:
    return EngineError(
        "engine.no_executors",
        "the Spark master gave no executor",
        why=f"for {patience:g} seconds; `{PATIENCE}` under `conf` sets how long to wait",
        next="see that workers are up, with cores and memory for spark.executor.memory free; then run again",
    )
