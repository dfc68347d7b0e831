"""How fast something goes and how long it will take, from looks at how far it is. Seconds are of any clock that never
goes back, and given by the caller."""

from __future__ import annotations

import math

from attrs import evolve, frozen

from lakekit.cli import words

STEADY = 8.0
"""Seconds over which a rate is smoothed: what is older counts for little."""
_SHORTEST = 1.0
"""Seconds before a rate is told: the first moments say nothing."""
_LONGEST = 100 * 3600
"""Seconds above which nobody believes what is said to remain."""


@frozen
class Pace:
    """`amount` was reached at `at`, the first look having been at `began`. `speed` is the mean of what came since, per
    second, each moment weighted the less the longer ago it is, times `weight`, the sum of these weights below 1."""

    began: float
    at: float
    amount: int = 0
    speed: float = 0.0
    weight: float = 0.0

    def seen(self, at: float, amount: int) -> Pace:
        """The pace after one more look. A look that is not later changes the amount alone; one at a smaller amount
        counts as none having come."""
        passed = at - self.at
        if passed <= 0:
            return evolve(self, amount=amount)
        kept = math.exp(-passed / STEADY)
        now = max(0, amount - self.amount) / passed
        return evolve(
            self,
            at=at,
            amount=amount,
            speed=self.speed * kept + now * (1 - kept),
            weight=self.weight * kept + (1 - kept),
        )

    @property
    def rate(self) -> float | None:
        """How much comes per second; None before that can be told, and where nothing comes."""
        if self.at - self.began < _SHORTEST or self.speed <= 0:
            return None
        return self.speed / self.weight

    def remaining(self, total: int | None) -> float | None:
        """The seconds until `total` is reached; None where nobody can tell."""
        rate = self.rate
        if total is None or rate is None:
            return None
        seconds = max(0, total - self.amount) / rate
        return seconds if seconds < _LONGEST else None


def share(done: int, total: int) -> float:
    """Which share of the total is done, from 0 to 1; of nothing all is."""
    return min(max(done / total, 0.0), 1.0) if total > 0 else 1.0


def rows(count: float) -> str:
    """Rows, three digits of them: `850 rows`, `3.41 M rows`."""
    return f"{_short(count)} rows"


def rate(speed: float, unit: str) -> str:
    """Bytes or rows per second: `210 MB/s`, `85.2 k rows/s`."""
    return f"{words.size(int(speed)) if unit == 'bytes' else rows(speed)}/s"


def of(done: int, total: int | None) -> str:
    """Bytes of how many: `1.2 GB of 5.3 GB`; before any are read, or where the total is not known, the one alone."""
    if total is None:
        return words.size(done) if done else ""
    return f"{words.size(min(done, total))} of {words.size(total)}" if done else words.size(total)


def span(seconds: float) -> str:
    """A length of time, as a stop watch shows it: `0:08`, `3:20`, `1:05:12`."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _short(count: float) -> str:
    amount, units = float(count), iter(("", " k", " M", " G", " T"))
    unit = next(units)
    while amount >= 999.5 and unit != " T":
        amount, unit = amount / 1000, next(units)
    digits = 0 if not unit or amount >= 99.95 else 1 if amount >= 9.995 else 2
    return f"{amount:.{digits}f}{unit}"
