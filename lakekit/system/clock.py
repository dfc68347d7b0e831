"""The system's clock: the one file that asks for the time."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The Clock of real runs."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)
