"""What tells others about a run. All of it stands outside the publish path: a failure here fails nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lakekit.domain.events import BatchEvent
from lakekit.domain.report import Ending


class Lineage(Protocol):
    """Receives the events of each batch, in the order in which they happen."""

    def emit(self, event: BatchEvent) -> None:
        """Hand over one event. Never raises for a server that is down."""
        ...


class Metrics(Protocol):
    """Receives numbers."""

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Hand over one measurement. Labels hold names and codes, never values of rows."""
        ...


class Reporter(Protocol):
    """Shows a person how far a run is."""

    def step(self, dataset: str, step: str) -> None:
        """The dataset's batch begins `step`: one of `lakekit.domain.events.STEPS`."""
        ...

    def done(self, dataset: str, ending: Ending) -> None:
        """The dataset's batch has ended so."""
        ...
