"""CPU seconds and memory of whole processes, and figures made of them."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from attrs import frozen
from processes import held

_PR_SET_CHILD_SUBREAPER = 36
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Failed(Exception):
    """A measured process did not do its work, so its figures mean nothing."""


@frozen
class Usage:
    """What a process and all its children took: CPU seconds (user and system); the most memory held at once, in MB, by
    the largest of them (`peak`) and by all together (`sum`, as it was seen ten times a second); and the `seconds` that
    it took by the clock, which tell something on a quiet machine alone. `output` is what it printed, read as JSON where
    it is."""

    cpu: float
    peak: float
    output: Any = None
    sum: float = 0
    seconds: float = 0


@frozen
class Figure:
    """One measured figure. `runs` are the values of its runs, by the names of what was compared."""

    name: str
    compared_to: str
    value: float
    unit: str
    target: float | None
    runs: Mapping[str, Sequence[float]]
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the target is; true where there is none."""
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def gross(self) -> bool:
        """Whether the value is off by a factor that no noise explains."""
        if self.target is None:
            return False
        return self.value < self.target / 2 if self.at_least else self.value > self.target * 2


def run(command: Sequence[str | Path], folder: Path, settings: Mapping[str, str] = NO_SETTINGS) -> Usage:
    """Run a command in `folder`, from start to end, and wait for all that it leaves behind, as a Java that Python has
    started; `settings` are more variables of its environment. Raises Failed when it exits with anything but 0."""
    # An installed program has compiled modules; one that may not write them would compile them each time.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "PYTHONWARNINGS": "ignore", **settings}
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), cwd=folder, env=environment, stdout=out, stderr=err)
        with held(process.pid) as memory:
            _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
        if process.returncode:
            told = "\n".join(_text(stream)[-2000:] for stream in (out, err))
            raise Failed(f"{' '.join(map(str, command))}: exit code {process.returncode}\n{told}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Usage(cpu, used.ru_maxrss / 1024, _json(_text(out)), max(memory), seconds)


def _adopt_orphans() -> None:
    """Processes whose parent ends become children of this one: only then does anybody learn what they took."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def lakekit(*arguments: str | Path) -> list[str | Path]:
    """The command line as it is installed beside this Python."""
    return [Path(sys.executable).parent / "lakekit", *arguments]


def in_turn(rounds: int, runners: Mapping[str, Callable[[int], Usage]]) -> dict[str, list[Usage]]:
    """A B C A B C …: whatever else the machine does meets all of them. Each runner is told the round, from 0."""
    used: dict[str, list[Usage]] = {name: [] for name in runners}
    for number in range(rounds):
        for name, runner in runners.items():
            used[name].append(runner(number))
            last = used[name][-1]
            sys.stderr.write(f"  round {number + 1}: {name}: {last.cpu:.2f} CPU s, {last.peak:.0f} MB\n")
    return used


def cpu(used: Mapping[str, Sequence[Usage]], *names: str) -> dict[str, list[float]]:
    return {name: [round(u.cpu, 2) for u in used[name]] for name in names}


def peak(used: Mapping[str, Sequence[Usage]], *names: str) -> dict[str, list[float]]:
    return {name: [round(u.peak) for u in used[name]] for name in names}


def ratio(runs: Mapping[str, Sequence[float]]) -> float:
    """The median of the first over the median of the second."""
    first, second = (statistics.median(values) for values in runs.values())
    return first / second


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def _json(told: str) -> Any:
    try:
        return json.loads(told)
    except ValueError:
        return None
