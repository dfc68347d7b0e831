"""What asking for help costs."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from measure import Figure, cpu, in_turn, lakekit, run


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    folder.mkdir()
    run(lakekit("--help"), folder)  # the first start compiles
    used = in_turn(rounds * 3, {"lakekit": lambda _: run(lakekit("--help"), folder)})
    runs = cpu(used, "lakekit")
    yield Figure("lakekit --help", "nothing", statistics.median(runs["lakekit"]), "CPU s", 0.25, runs)
