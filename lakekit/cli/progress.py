"""How far a run is, for a person who looks on: a line for each dataset at work on stderr, if that is a terminal."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import compress
from typing import TYPE_CHECKING

from attrs import evolve

from lakekit.cli.work import Work
from lakekit.domain.events import STEPS
from lakekit.domain.report import Ending

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from lakekit.ports.telemetry import Reporter

_DRAWN = 8
"""Times a second."""
_WIDE, _USUAL, _NARROW = 108, 78, 60
"""Columns of a terminal that has room for all that is known, for all but the rate, and for all but a bar too."""
_STEP = len("validate")
_NUMBERS = 18, 11, 11, 12
"""Columns of bytes of how many, rows, rate, and time."""


class Bars:
    """The datasets at work. What they tell is kept, from any thread, and costs none of them a drawing; one that is done
    goes, with a last word to `say`. `clock` gives seconds."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._say = say
        self._clock = clock
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}

    def step(self, dataset: str, step: str) -> None:
        now = self._clock()
        with self._lock:
            self._works[dataset] = self._work(dataset, now).begins(step, now)

    def read(self, dataset: str, rows: int, bytes: int, total: int | None) -> None:
        now = self._clock()
        with self._lock:
            self._works[dataset] = evolve(self._work(dataset, now), rows=rows, bytes=bytes, total=total)

    def done(self, dataset: str, ending: Ending) -> None:
        now = self._clock()
        with self._lock:
            work = self._work(dataset, now)
            self._works.pop(dataset, None)
        self._say(work.last_words(ending, now))

    def seen(self, now: float) -> tuple[Work, ...]:
        """One look at all of them."""
        with self._lock:
            self._works = {dataset: work.seen(now) for dataset, work in self._works.items()}
            return tuple(self._works.values())

    def _work(self, dataset: str, now: float) -> Work:
        return self._works.get(dataset) or Work(dataset, STEPS[0], now, now)


@contextmanager
def progress(*, wanted: bool = True) -> Iterator[Reporter]:
    """The reporter that suits stderr: lines on a terminal that can draw them, where they are `wanted`; silence
    elsewhere."""
    if not (wanted and _draws()):
        from lakekit.app.telemetry import Silent

        yield Silent()
        return
    from rich.console import Console

    with bars(Console(stderr=True)) as reporter:
        yield reporter


def _draws() -> bool:
    """NO_COLOR is set by people who want text and nothing else."""
    plain = os.environ.get("TERM", "dumb") in {"", "dumb", "unknown"} or os.environ.get("NO_COLOR")
    return sys.stderr.isatty() and not plain


@contextmanager
def bars(console: Console) -> Iterator[Bars]:
    """Lines on `console` until the block ends; what was said of those that are done stays. A terminal that is gone by
    then is nobody's error."""
    from rich.live import Live
    from rich.text import Text

    reporter = Bars(lambda said: console.print(Text(said)), time.monotonic)

    def drawing() -> Table:
        now = time.monotonic()
        return shown(reporter.seen(now), now, console.width)

    live = Live(
        get_renderable=drawing, console=console, refresh_per_second=_DRAWN, transient=True, redirect_stdout=False
    )
    with suppress(OSError):
        live.start()
    try:
        yield reporter
    finally:
        with suppress(OSError):
            live.stop()


def shown(works: Sequence[Work], now: float, width: int) -> Table:
    """A row for each, in columns that do not jump about; where there is little room, less is told, and names are cut
    before numbers are."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    bar = 24 if width >= _WIDE else 10 if width >= _USUAL else 0
    room = (True, width >= _NARROW, width >= _WIDE, True)
    numbers = list(compress(_NUMBERS, room))
    between = 2 if width >= _WIDE else 1
    rest = sum(numbers) + _STEP + bar + between * (len(numbers) + bool(bar) + 1)
    table = Table.grid(padding=(0, between))
    table.add_column(max_width=max(4, width - rest), no_wrap=True, overflow="ellipsis")
    table.add_column(min_width=_STEP, no_wrap=True)
    if bar:
        table.add_column(width=bar)
    for least in numbers:
        table.add_column(min_width=least, justify="right", no_wrap=True)
    for work in works:
        share = work.share
        bars = [ProgressBar(1, share or 0, pulse=share is None, animation_time=now)] if bar else []
        texts = compress((work.size, work.landed, work.rate, work.time(now)), room)
        table.add_row(Text(work.dataset), Text(work.step), *bars, *map(Text, texts))
    return table
