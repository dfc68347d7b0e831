"""Naming this process so that another can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


class SystemProcesses:
    """The Processes of real runs.

    A name is `host/boot/pid/start`: the boot id and the start time, in clock ticks since the boot, keep a later process
    with the same pid apart. Without /proc they are empty and only the pid counts.
    """

    def me(self) -> str:
        """The name of this process."""
        return _name(os.getpid())

    def gone(self, name: str) -> bool:
        """True only for a process of this host that has certainly ended; False for any other name."""
        host, _, rest = name.partition("/")
        boot, _, rest = rest.partition("/")
        pid, _, _ = rest.partition("/")
        if host != socket.gethostname() or not pid.isdigit():
            return False
        return boot != _boot() or not _exists(int(pid)) or _name(int(pid)) != name


def _name(pid: int) -> str:
    return f"{socket.gethostname()}/{_boot()}/{pid}/{_start(pid)}"


@cache
def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start(pid: int) -> str:
    """Field 22 of /proc/PID/stat (proc_pid_stat(5)); the second field, the command, may hold blanks."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
