"""How far the work on one file is: passes over it, one after another, each of which is a stretch of the whole way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from attrs import define, frozen

from lakekit.ports.progress import NOBODY, Progress

EVERY = 0.2
"""Seconds between two looks at work that cannot tell anything itself."""

Tell = Callable[[float], None]
"""Is told which share of a pass is done, from 0 to 1."""


@define
class _File:
    """What was told of a file of `size` bytes."""

    progress: Progress
    size: int
    rows: int = 0
    bytes: int = 0

    def stands_at(self, share: float, rows: int) -> None:
        now = int(min(share, 1.0) * self.size)
        self.progress.advance(rows - self.rows, now - self.bytes)
        self.rows, self.bytes = rows, now


@frozen
class Stretch:
    """From `low` to `high`, shares of the way through a file. Bytes are told in proportion to the way, so that they
    come as evenly as the time does, and are all of the file's when the way ends."""

    file: _File
    low: float = 0.0
    high: float = 1.0

    def split(self, *weights: float) -> tuple[Stretch, ...]:
        """Stretches of these lengths, relative to each other, that make up this one."""
        ends = [self.low]
        for weight in weights:
            ends.append(ends[-1] + (self.high - self.low) * weight / sum(weights))
        return tuple(Stretch(self.file, low, high) for low, high in zip(ends, [*ends[1:-1], self.high], strict=False))

    def at(self, share: float, rows: int | None = None) -> None:
        """This share of the stretch is done; `rows` of the file have landed, None for as many as were told before."""
        within = min(max(share, 0.0), 1.0)
        told = self.file.rows if rows is None else rows
        self.file.stands_at(self.low + (self.high - self.low) * within, told)

    def rows_of(self, rows: int) -> Tell:
        """To be told of a pass that lands `rows` rows: as far as it is, so many of them have."""
        return lambda share: self.at(share, int(min(share, 1.0) * rows))


def whole(progress: Progress, size: int) -> Stretch:
    """The way through a file of `size` bytes."""
    return Stretch(_File(progress, size))


UNSEEN = whole(NOBODY, 0)


class Metered:
    """Reads `file` on from where it stands, and tells the share of its `size` bytes that have been passed, about once
    per `step` bytes."""

    def __init__(self, file: BinaryIO, size: int, tell: Tell, step: int = 1 << 20) -> None:
        self._file = file
        self._size = max(size, 1)
        self._tell = tell
        self._step = step
        self._at = file.tell()
        self._next = self._at + step

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""
        return self._passed(self._file.read(size))

    def readline(self, size: int, /) -> bytes:
        """A line, or at most `size` bytes of it; none at the end."""
        return self._passed(self._file.readline(size))

    def _passed(self, data: bytes) -> bytes:
        self._at += len(data)
        if self._at >= self._next:
            self._next = self._at + self._step
            self._tell(self._at / self._size)
        return data


def grown(file: Path, size: int) -> float:
    """Which share of `size` bytes a file that is being written has; none of it where it is not there yet."""
    try:
        return file.stat().st_size / max(size, 1)
    except FileNotFoundError:
        return 0.0


@contextmanager
def watching(measure: Callable[[], float], tell: Tell, every: float = EVERY) -> Iterator[None]:
    """Tell what `measure` says `every` so many seconds while the block runs, by a thread; never less than before."""
    ended = threading.Event()

    def look() -> None:
        most = 0.0
        while not ended.wait(every):
            most = max(most, measure())
            tell(most)

    thread = threading.Thread(target=look, name="lakekit-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
