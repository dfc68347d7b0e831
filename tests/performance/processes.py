"""A process and all below it, as the kernel tells of them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGES = os.sysconf("SC_PAGE_SIZE") / 2**20
_PAUSE = 0.1


def spent() -> float:
    """CPU seconds of this process and of all below it."""
    return sum(_spent(pid) for pid in _below(os.getpid()))


@contextmanager
def held(pid: int) -> Iterator[Sequence[float]]:
    """The memory that the process and all below it held together, in MB, at moments until this ends; what two of them
    share counts twice."""
    seen: list[float] = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_PAUSE):
            seen.append(sum(_resident(below) for below in _below(pid)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS  # its own, and of children that have ended


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGES
    except OSError:
        return 0  # it has ended


def _below(pid: int) -> list[int]:
    try:
        children = [int(c) for task in Path(f"/proc/{pid}/task").glob("*/children") for c in task.read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(deeper for child in children for deeper in _below(child))]
