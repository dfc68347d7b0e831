"""Time and identity that a test decides on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from lakekit.ports.clock import Clock, Ids, Processes


class FakeClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2024, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """The time it was set to, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on by `by`, which may be negative: clocks of hosts are set back."""
        self._now += by


class FakeIds(Ids):
    """Ids that count up from `first`: 32 hex digits, later ones sorting after earlier ones."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)

    def new(self) -> str:
        """The next id."""
        return f"{next(self._numbers):032x}"


class FakeProcesses(Processes):
    """This process under the name `me`, in a world where `gone` have ended; of others nothing is known."""

    def __init__(self, me: str = "process-1", gone: Iterable[str] = ()) -> None:
        self._me = me
        self._gone = set(gone)

    def me(self) -> str:
        """The name given."""
        return self._me

    def gone(self, name: str) -> bool:
        """Whether that process was said to have ended."""
        return name in self._gone

    def end(self, name: str) -> None:
        """From now on that process has ended."""
        self._gone.add(name)
