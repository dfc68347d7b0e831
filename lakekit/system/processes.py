"""Naming this process so that another can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")
_ENDED = ("Z", "X")
"""States of a process that runs no more and waits for its parent to take note."""


class SystemProcesses:
    """The Processes of real runs.

    A name is `host/boot/space/pid/start`. The boot id and the start time, in clock ticks since the boot, keep a later
    process with the same pid apart; `space` is the pid namespace: containers may share a host's name, not its pids.
    Without /proc these are empty and the pid alone tells.
    """

    def me(self) -> str:
        """The name of this process."""
        pid = os.getpid()
        return "/".join((socket.gethostname(), _boot(), _space(), str(pid), _start(pid)))

    def gone(self, name: str) -> bool:
        """True only for a process of this host that has certainly ended, or ran before the host was booted; False for
        any other name."""
        told = name.split("/")
        if len(told) != 5 or told[0] != socket.gethostname() or not told[3].isdecimal():
            return False
        _, boot, space, pid, start = told
        if space != _space():
            return False
        return boot != _boot() or not _lives(int(pid)) or _start(int(pid)) != start


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _space() -> str:
    try:
        return os.readlink(_PROC / "self/ns/pid")  # noqa: PTH115 - the text of the link, which names no file
    except OSError:
        return ""


def _start(pid: int) -> str:
    """Field 22 of /proc/PID/stat (proc_pid_stat(5)); empty when there is none."""
    return _field(pid, 22)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return _field(pid, 3) not in _ENDED


def _field(pid: int, number: int) -> str:
    """A field after the second, which is the command in parentheses and may hold blanks and parentheses itself."""
    try:
        told = (_PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
        return told.rpartition(")")[2].split()[number - 3]
    except (OSError, IndexError):
        return ""
