"""One dataset at work, as a line shows it."""

from __future__ import annotations

from attrs import evolve, frozen

from lakekit.cli import pace
from lakekit.cli.pace import Pace
from lakekit.domain.report import Ending

_READING = "extract"
_NONE = Pace(0, 0)


@frozen
class Work:
    """A dataset's batch, begun at `began`, in `step` since `since`, seconds of one clock. `rows` have landed, `bytes`
    of `total` are read; their paces are as of the last look."""

    dataset: str
    step: str
    began: float
    since: float
    rows: int = 0
    bytes: int = 0
    total: int | None = None
    rows_pace: Pace = _NONE
    bytes_pace: Pace = _NONE

    def begins(self, step: str, now: float) -> Work:
        """The work as `step` begins; paces are those of this step."""
        return evolve(self, step=step, since=now, rows_pace=Pace(now, now), bytes_pace=Pace(now, now))

    def seen(self, now: float) -> Work:
        """The work after one more look."""
        return evolve(
            self, rows_pace=self.rows_pace.seen(now, self.rows), bytes_pace=self.bytes_pace.seen(now, self.bytes)
        )

    @property
    def share(self) -> float | None:
        """Which share of the source is read; None where nobody can tell how long the step takes."""
        if self.step != _READING or not self.total or not self.bytes:
            return None
        return pace.share(self.bytes, self.total)

    @property
    def size(self) -> str:
        """The bytes that are read, of how many."""
        return pace.of(self.bytes, self.total) if self.step == _READING else ""

    @property
    def landed(self) -> str:
        """The rows, as far as any are known."""
        return pace.rows(self.rows) if self.rows else ""

    @property
    def rate(self) -> str:
        """What comes per second: bytes, or rows where a source tells of rows alone."""
        if self.step != _READING:
            return ""
        unit, found = ("bytes", self.bytes_pace.rate) if self.bytes else ("rows", self.rows_pace.rate)
        return pace.rate(found, unit) if found else ""

    def time(self, now: float) -> str:
        """What remains, or, where nobody can tell, how long the step has taken so far."""
        left = self.bytes_pace.remaining(self.total) if self.step == _READING else None
        return pace.span(now - self.since) if left is None else f"{pace.span(left)} left"

    def last_words(self, ending: Ending, now: float) -> str:
        """How it ended, in a line that stays."""
        told = f"failed at {self.step}" if ending is Ending.FAILED else ending.value.replace("_", " ")
        rows = f", {self.landed}" if self.rows else ""
        return f"{self.dataset}: {told}{rows} in {pace.span(now - self.began)}"
