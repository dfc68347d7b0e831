"""The log of a project's runs: JSON lines, private, of bounded size."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from lakekit.plugin.disk import open_private
from lakekit.ports.clock import Clock
from lakekit.ports.log import Log

MAX_BYTES = 10_000_000
KEPT_FILES = 5

_SECRET_KEY = re.compile(
    r"passw|secret|token|credential|authorization|cookie|signature|(api|access|private|session)_?key",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+(?=@)")


def json_log(path: Path, clock: Clock, max_bytes: int = MAX_BYTES) -> Log:
    """A log that appends to `path`, a JSON object a line: `at`, `event`, what is bound, the event's fields.

    The file is its owner's alone. At `max_bytes` it is renamed to `<path>.1`, and at most KEPT_FILES old ones
    are kept. Processes may share it. What cannot be written is lost: a full disk stops no run.
    """
    return _JsonLog(_Sink(path, clock, max_bytes), {})


class _JsonLog(Log):
    """Fields are bound to the object, not to the thread: work given to another thread takes its log along."""

    def __init__(self, sink: _Sink, fields: Mapping[str, object]) -> None:
        self._sink = sink
        self._fields = fields

    def event(self, name: str, /, **fields: object) -> None:
        told = {key: value for key, value in {**self._fields, **fields}.items() if value is not None}
        self._sink.write(name, told)

    def bind(self, **fields: object) -> Log:
        return _JsonLog(self._sink, {**self._fields, **fields})


class _Sink:
    """The file that all logs bound from one share. Its handler belongs to no logger, so that no other library's
    settings or handlers meet these lines."""

    def __init__(self, path: Path, clock: Clock, max_bytes: int) -> None:
        self._clock = clock
        self._file = _PrivateFile(path, maxBytes=max_bytes, backupCount=KEPT_FILES, delay=True)

    def write(self, name: str, fields: Mapping[str, object]) -> None:
        try:
            line = self._line(name, fields)
        except Exception:  # noqa: BLE001  # a field that cannot be shown must not break the run
            line = self._line("log.failed", {"about": name})
        self._file.handle(logging.makeLogRecord({"msg": line}))

    def _line(self, name: str, fields: Mapping[str, object]) -> str:
        """The last defence against secrets, not the first: nobody should hand one to a log."""
        return json.dumps(_redacted({"at": self._clock.now().isoformat(), "event": name, **fields}), default=_shown)


class _PrivateFile(RotatingFileHandler):
    """Opened for each line, so that lines go to the new file when another process has renamed the old one."""

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(Path(self.baseFilename))
        return open(descriptor, "a", encoding="utf-8")  # noqa: PTH123  # not a path

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name that logging calls
        """Lose the line: the default prints a traceback between the lines of the command."""


def _redacted(fields: Mapping[str, object]) -> dict[str, object]:
    told = {key: _without_secrets(value) for key, value in fields.items()}
    return {key: value for key, value in told.items() if not _SECRET_KEY.search(key)}


def _shown(value: object) -> str:
    return _USER_INFO.sub("***", str(value))


def _without_secrets(value: object) -> object:
    if isinstance(value, str):
        return _shown(value)
    if isinstance(value, Mapping):
        return _redacted({str(key): held for key, held in value.items()})
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_without_secrets(held) for held in value]
    return value
