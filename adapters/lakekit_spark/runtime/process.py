"""Sail's process: started for this one, ended with it however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from attrs import frozen

from lakekit.domain.errors import EngineError
from lakekit.plugin.disk import Scratch
from lakekit_spark.runtime import server
from lakekit_spark.stats import TRUNCATED

_FOREVER = str(2**31)
"""Seconds after which a session that nobody uses would go away."""
_TRIES = 3


@frozen(eq=False)
class Sail:
    """`guarded` says whether its port is closed to other users of this machine. `place` is the descriptor of the
    private folder with its socket and its temporary files."""

    process: subprocess.Popen[str]
    scratch: Scratch
    place: int
    guarded: bool

    @property
    def address(self) -> str:
        """Where gRPC finds it. By a descriptor, since the path of a socket may have no more than 107 bytes."""
        return f"unix:/proc/self/fd/{self.place}/{server.SOCKET}"

    def ended(self, patience: float = 0) -> int | None:
        """Its exit code; None when it still runs after so many seconds."""
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        os.close(self.place)
        self.scratch.close()


def start_sail(place: Path, memory: int, threads: int, reach: Mapping[str, str]) -> Sail:
    """A process that may use so much memory, in bytes, for what it sorts, joins and aggregates. `reach` are variables
    of its environment that lead to the lake. Raises EngineError."""
    scratch = Scratch(place)
    code: int | None = server.STRANGER
    tries = 0
    while code == server.STRANGER and tries < _TRIES:
        tries += 1
        process = _start(scratch.folder, {**_environment(scratch.folder, memory, threads), **reach})
        state = _line(process.stdout)
        if state in {server.CLOSED, server.OPEN}:
            return Sail(process, scratch, os.open(scratch.folder, os.O_PATH), state == server.CLOSED)
        process.kill()
        process.communicate()
        code = process.returncode
    scratch.close()
    raise EngineError(
        "runtime.cannot_start",
        "Sail does not start",
        why=f"its process ended with {code}",
        next="run `python -m pysail --version`; reinstall with pip install 'lakekit[sail]'",
    )


def _start(folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", server.__file__, str(folder)],
        stdin=subprocess.PIPE,  # its end is what ends the process
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # where it would quote rows
        env=environment,
        text=True,
        start_new_session=True,  # Ctrl-C is for this process, which then has something to clean up with
    )


def _line(pipe: IO[str] | None) -> str:
    return pipe.readline().strip() if pipe is not None else ""


def _environment(folder: Path, memory: int, threads: int) -> dict[str, str]:
    """What this process imports, functions of users can import there."""
    told = {
        "RUNTIME__MEMORY_POOL__TYPE": "fair",
        "RUNTIME__MEMORY_POOL__FAIR__MAX_SIZE": str(memory),
        "RUNTIME__TEMPORARY_FILES__PATHS": f'["{_quoted(folder)}"]',
        "EXECUTION__DEFAULT_PARALLELISM": str(threads),
        # So that joins spill; and hash joins of Sail 0.7.2 lose rows where 0.0 meets -0.0.
        "OPTIMIZER__PREFER_HASH_JOIN": "false",
        "PARQUET__COMPRESSION": "snappy",
        # A writer keeps a row group in memory: of a million rows, the default, hundreds of megabytes.
        "PARQUET__MAX_ROW_GROUP_SIZE": "122880",
        "PARQUET__STATISTICS_TRUNCATE_LENGTH": str(TRUNCATED),
        "SPARK__SESSION_TIMEOUT_SECS": _FOREVER,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SAIL_", "SPARK_"))}
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100  # "" is here
    return {**inherited, "PYTHONPATH": path, "TZ": "UTC", **{f"SAIL_{name}": value for name, value in told.items()}}


def _quoted(folder: Path) -> str:
    return str(folder).replace("\\", "\\\\").replace('"', '\\"')
