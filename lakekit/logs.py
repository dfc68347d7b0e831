"""The log of a project's runs: JSON lines, private, of bounded size.

structlog is imported with the first event, not before: it costs as much as the whole of `lakekit --help`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakekit.plugin.disk import open_private
from lakekit.plugin.once import once
from lakekit.ports.clock import Clock
from lakekit.ports.log import Log

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

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
    """The file that all logs bound from one share."""

    def __init__(self, path: Path, clock: Clock, max_bytes: int) -> None:
        self._clock = clock
        self._file = _PrivateFile(path, maxBytes=max_bytes, backupCount=KEPT_FILES, delay=True)

    def write(self, name: str, fields: Mapping[str, object]) -> None:
        try:
            self._logger.info(name, **fields)
        except Exception:  # noqa: BLE001  # a field that cannot be shown must not break the run
            self._logger.info("log.failed", about=name)

    @once
    def _logger(self) -> Any:
        import structlog

        # Nothing global is configured or read, so no other library's settings or handlers meet these lines.
        file = logging.Logger("lakekit")
        file.addHandler(self._file)
        return structlog.wrap_logger(
            file,
            processors=[_stamped(self._clock), _redacted, structlog.processors.JSONRenderer(default=_shown)],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            context_class=dict,
            cache_logger_on_first_use=True,
        )


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


def _stamped(clock: Clock) -> Processor:
    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"at": clock.now().isoformat(), "event": event.pop("event"), **event}

    return stamp


def _redacted(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The last defence, not the first: nobody should hand a secret to a log."""
    return {key: _without_secrets(value) for key, value in event.items() if not _SECRET_KEY.search(key)}


def _shown(value: object) -> str:
    return _USER_INFO.sub("***", str(value))


def _without_secrets(value: object) -> object:
    if isinstance(value, str):
        return _shown(value)
    if isinstance(value, Mapping):
        told = {str(key): _without_secrets(held) for key, held in value.items()}
        return {key: held for key, held in told.items() if not _SECRET_KEY.search(key)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_without_secrets(held) for held in value]
    return value
