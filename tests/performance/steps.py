"""What each step of an ingest takes. Usage: steps.py PROJECT; prints {step: [seconds, CPU seconds]} as JSON, the CPU of
processes that it started, as a Java of Spark, included."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from processes import spent

from lakekit.compose import application
from lakekit.domain.report import Ending


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


def main(root: Path) -> None:
    watch = Watch()
    with application(root, None, watch) as app:
        app.ingest()
    sys.stdout.write(json.dumps(watch.taken) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
