"""Killing or stopping this process at an exact port call, for tests with real processes.

Wrap the ports of a use case with one Injector. It numbers the calls of all of them, from 1, in the order in
which they begin. A first run with `record` writes the sequence to a file; then a run per place fails there.
"""

from __future__ import annotations

import enum
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from attrs import frozen

P = TypeVar("P")


class Action(enum.Enum):
    """`KILL` ends the process at once (SIGKILL); `PAUSE` stops it until somebody sends SIGCONT."""

    KILL = "kill"
    PAUSE = "pause"


class Moment(enum.Enum):
    """Before the call does anything, or after all of it has happened and before its caller learns of it."""

    BEFORE = "before"
    AFTER = "after"


@frozen
class Fault:
    """One failure, as in `kill:before:12`: what happens, and at which call."""

    action: Action
    moment: Moment
    call: int

    def __str__(self) -> str:
        return f"{self.action.value}:{self.moment.value}:{self.call}"


def parse_fault(text: str) -> Fault:
    """The fault that `kill:before:12` names; ValueError for anything else."""
    action, moment, call = text.split(":")
    return Fault(Action(action), Moment(moment), int(call))


class Injector:
    """Numbers the calls of the ports that it wraps, in this process, and fails at one of them.

    With `record`, each call is a line `<number> <port>.<method>` of that file, written as it begins. A number
    means the same call in each run only where the calls come in the same order: from one thread.
    """

    def __init__(self, fault: Fault | None = None, record: Path | None = None) -> None:
        self._fault = fault
        self._record = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if record else None
        self._numbers = count(1)
        self._lock = Lock()

    def wrap(self, name: str, port: P) -> P:
        """`port`, its calls counted under `name`. Attributes that are not methods pass through, uncounted."""
        return cast("P", _Wrapped(self, name, port))

    def begin(self, call: str) -> int:
        """Number a call, and fail if its beginning is the place to."""
        with self._lock:
            number = next(self._numbers)
            if self._record is not None:
                os.write(self._record, f"{number} {call}\n".encode())
        self._strike(Moment.BEFORE, number)
        return number

    def end(self, number: int) -> None:
        """Fail if the end of that call, whether it returned or raised, is the place to."""
        self._strike(Moment.AFTER, number)

    def _strike(self, moment: Moment, number: int) -> None:
        if self._fault is None or (self._fault.moment, self._fault.call) != (moment, number):
            return
        # To this thread, not to the process: another thread could take the signal while this one goes on.
        signal.raise_signal(signal.SIGKILL if self._fault.action is Action.KILL else signal.SIGSTOP)


class _Wrapped:
    """Stands for a port. Methods are found when they are called, so the port may be any object."""

    def __init__(self, injector: Injector, name: str, port: object) -> None:
        self._injector = injector
        self._name = name
        self._port = port

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        return partial(self._call, attribute, found) if callable(found) else found

    def _call(self, attribute: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        number = self._injector.begin(f"{self._name}.{attribute}")
        result: object = None
        try:
            result = method(*args, **kwargs)
        finally:
            if not isinstance(result, Iterator):
                self._injector.end(number)
        return self._items(result, number) if isinstance(result, Iterator) else result

    def _items(self, result: Iterator[Any], number: int) -> Iterator[Any]:
        """A lazy result: the call ends when it is exhausted or given up."""
        try:
            yield from result
        finally:
            self._injector.end(number)
