"""Starting, stopping and ending the processes of runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from attrs import frozen

SERVER = Path(__file__).with_name("ingest_process.py")


@frozen
class Ended:
    """How a run ended: its exit code (minus the signal, when one ended it), and what it told of each batch."""

    code: int
    text: str

    @property
    def done(self) -> bool:
        return self.code == 0

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def overtaken(self) -> bool:
        """Whether it saw that another run has, or had, the lease."""
        return self.code == 4 and "lease." in self.text


class Host:
    """The server of `ingest_process.py`, which forks a process per run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = count()
        self._server = subprocess.Popen(
            [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(
        self,
        project: Path,
        datasets: tuple[str, ...],
        fault: str | None,
        record: Path | None,
        restore: int | None = None,
        *,
        builds: bool = False,
        adopts: tuple[str, str] | None = None,
    ) -> Process:
        output = self._folder / str(next(self._names))
        told = {
            "project": str(project),
            "names": datasets,
            "fault": fault,
            "record": record and str(record),
            "restore": restore,
            "builds": builds,
            "adopts": adopts,
        }
        pid = self._ask({"start": {"output": str(output), **told}})
        return Process(self, pid, output)

    def wait(self, pid: int) -> int | None:
        code: int | None = self._ask({"wait": pid})
        return code

    def close(self) -> None:
        self._server.communicate(timeout=60)

    def _ask(self, request: dict[str, Any]) -> Any:
        pipes = self._server.stdin, self._server.stdout
        assert pipes[0] is not None
        assert pipes[1] is not None
        pipes[0].write(json.dumps(request) + "\n")
        pipes[0].flush()
        return json.loads(pipes[1].readline())


@frozen
class Process:
    """A run that was started. It must be waited for to its end: until then its lease counts as a living holder's."""

    host: Host
    pid: int
    output: Path

    def wait(self) -> Ended:
        """Until it has ended."""
        code = self.host.wait(self.pid)
        assert code is not None, "stopped where it should have ended"
        return Ended(code, self.output.read_text() if self.output.exists() else "")

    def wait_until_paused(self) -> bool:
        """Whether it stopped itself; False when it came to its end without."""
        return self.host.wait(self.pid) is None

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wake(self) -> Ended:
        """Let a paused process go on to its end."""
        self.signal(signal.SIGCONT)
        return self.wait()
