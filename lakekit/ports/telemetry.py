"""What tells others about a run. All of it stands outside the publish path: a failure here fails nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import frozen

from lakekit.domain.alert import Alert
from lakekit.domain.events import Event
from lakekit.domain.report import Ending


@frozen
class Waiting:
    """Events that have not reached their destination: those that wait, those that it refuses, and why the last attempt
    failed, "" where it did not. `dropped` never will: more waited than may."""

    events: int = 0
    refused: int = 0
    why: str = ""
    dropped: int = 0


class Lineage(Protocol):
    """Receives the events of each run and its batches, in the order in which they happen. Safe for threads."""

    def emit(self, event: Event) -> None:
        """Hand over one event. Never raises for a server that is down, and never waits for one."""
        ...

    def waiting(self) -> Waiting:
        """What has not reached its destination yet."""
        ...

    def close(self) -> None:
        """The run has ended: send what waits. Takes seconds at most, and keeps what cannot be sent."""
        ...


class Metrics(Protocol):
    """Receives numbers."""

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Hand over one measurement. Labels hold names and codes, never values of rows."""
        ...


class Alerts(Protocol):
    """Tells somebody who is not looking. Safe for threads."""

    def send(self, alert: Alert) -> str:
        """Hand over one alert: "" once it has arrived, or in a few words, without a secret, why it has not; then it is
        lost. Raises nothing for a destination that is down. All calls of a run together take seconds at most,
        whatever the destination does."""
        ...


class Reporter(Protocol):
    """Shows a person how far a run is. Several threads call it, each for its own datasets; what it raises is logged,
    changes no batch, and ends what that dataset tells it."""

    def step(self, dataset: str, step: str) -> None:
        """The dataset's batch begins `step`: one of `lakekit.domain.events.STEPS`."""
        ...

    def read(self, dataset: str, rows: int, bytes: int, total: int | None) -> None:
        """So far `rows` of the batch have landed, and of the `total` bytes of its source, None where nobody knows how
        many there are, `bytes` are read. Called often, and for nothing that cannot wait."""
        ...

    def done(self, dataset: str, ending: Ending) -> None:
        """The dataset's batch has ended so."""
        ...
