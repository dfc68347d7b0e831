"""The fence around DuckDB: what it raises leaves as an EngineError, without its text, which may quote rows."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from lakekit.domain.errors import EngineError

_MEMORY = "give it more: `memory` under `engine` in the settings"
_DISK = "free space where the project and the lake lie, and run again"


@contextmanager
def fenced(doing: str) -> Iterator[None]:
    """Failures within raise `engine.out_of_memory`, `engine.disk_full` or `engine.failed`."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _told(error, doing) from None
    except RuntimeError:
        raise KeyboardInterrupt from None  # what DuckDB makes of Ctrl-C; it has no other use for this class
    except OSError as error:
        code, hint = ("engine.disk_full", _DISK) if error.errno == errno.ENOSPC else ("engine.failed", "")
        raise EngineError(code, f"duckdb failed while {doing}", why=error.strerror or "", next=hint) from None


def _told(error: Exception, doing: str) -> EngineError:
    text, kind = str(error), type(error).__name__
    if "No space left" in text or "max_temp_directory_size" in text:
        return EngineError("engine.disk_full", f"the disk is full while {doing}", next=_DISK)
    if kind == "OutOfMemoryException":
        return EngineError("engine.out_of_memory", f"the engine's memory is not enough for {doing}", next=_MEMORY)
    return EngineError("engine.failed", f"duckdb failed while {doing}", why=f"{kind}; its text may hold values of rows")
