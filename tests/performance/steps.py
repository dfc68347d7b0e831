"""What each step of an ingest takes. Usage: steps.py PROJECT; prints {step: [seconds, CPU seconds]} as JSON, the CPU of
processes that it started, as a Java of Spark, included."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from lakekit.compose import application
from lakekit.domain.report import Ending

TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """A reporter that notes when each step began."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}
        self._step, self._since = "start", (time.perf_counter(), spent())

    def step(self, dataset: str, name: str) -> None:  # noqa: ARG002  # there is one dataset
        now = (time.perf_counter(), spent())
        self.taken[self._step] = [round(b - a, 3) for a, b in zip(self._since, now, strict=True)]
        self._step, self._since = name, now

    def done(self, dataset: str, ending: Ending) -> None:
        if ending is not Ending.PUBLISHED:
            raise SystemExit(f"{dataset}: {ending.value}")
        self.step(dataset, "done")


def spent() -> float:
    """CPU seconds of this process and of all below it."""
    return sum(_spent(pid) for pid in _below(os.getpid()))


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS  # its own, and of children that have ended


def _below(pid: int) -> list[int]:
    children = [int(c) for task in Path(f"/proc/{pid}/task").glob("*/children") for c in task.read_text().split()]
    return [pid, *(deeper for child in children for deeper in _below(child))]


def main(root: Path) -> None:
    watch = Watch()
    with application(root, None, watch) as app:
        app.ingest()
    sys.stdout.write(json.dumps(watch.taken) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
