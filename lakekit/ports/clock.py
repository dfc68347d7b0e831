"""Time and identity of this process."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one way by which the core learns the time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        ...


class Ids(Protocol):
    """New identifiers."""

    def new(self) -> str:
        """A 32-digit hex identifier that nobody else has, later ones sorting after earlier ones."""
        ...


class Processes(Protocol):
    """Who holds a lease, and whether it still lives."""

    def me(self) -> str:
        """A name for this process that no other, now or later, shares."""
        ...

    def gone(self, name: str) -> bool:
        """True only when it is certain that the process so named has ended; False when unknown, as on another host."""
        ...
