"""What lakekit costs, measured: `python tests/performance [--rounds N] [SUBJECT …]`.

Every figure stands beside what it was compared to and its target. The exit code is 1 when one misses its target by a
factor of two, which no noise explains, or when a process fails; a plain miss is shown and left to a person.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import bulk
import dimensions
import engines
import increments
import large
import memory
import merges
import planning
import small_files
import start
import transforms
import zorder
from measure import Failed, Figure
from rich.console import Console
from rich.table import Table

SUBJECTS = {
    "start": start,
    "bulk": bulk,
    "increments": increments,
    "memory": memory,
    "large": large,
    "small-files": small_files,
    "zorder": zorder,
    "engines": engines,
}
ON_SAIL = {"transforms": transforms, "merges": merges, "planning": planning, "dimensions": dimensions}
"""These have to be named: Sail does not live in one environment with the Spark of `engines`."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/performance", description="What lakekit costs.")
    told = ", ".join(ON_SAIL)
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, *ON_SAIL, []], help=f"all but {told} unless named")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each process, in turn")
    options = parser.parse_args()
    found: list[Figure] = []
    for name in options.subjects or SUBJECTS:
        sys.stderr.write(f"{name}\n")
        with tempfile.TemporaryDirectory(prefix="lakekit-performance-") as folder:
            try:
                found += {**SUBJECTS, **ON_SAIL}[name].figures(Path(folder) / "work", options.rounds)
            except Failed as failure:
                sys.stderr.write(f"{failure}\n")
                return 1
    _show(found)
    return int(any(figure.gross for figure in found))


def _show(found: Sequence[Figure]) -> None:
    table = Table("figure", "compared to", "value", "target", "", "runs", title="Medians of runs in turn")
    for figure in found:
        bound = "at least" if figure.at_least else "at most"
        target = f"{bound} {figure.target:g}" if figure.target is not None else "reported"
        verdict = "" if figure.target is None else "reached" if figure.reached else "missed"
        runs = "\n".join(f"{name}: {', '.join(f'{v:g}' for v in values)}" for name, values in figure.runs.items())
        table.add_row(figure.name, figure.compared_to, f"{figure.value:.2f} {figure.unit}", target, verdict, runs)
    Console(width=180).print(table)


if __name__ == "__main__":
    sys.exit(main())
