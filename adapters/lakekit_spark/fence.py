"""The fence around Spark: what it raises leaves as an EngineError, without its text, which may quote rows."""

from __future__ import annotations

import errno
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lakekit.domain.errors import EngineError, LakekitError

_MEMORY = "give it more: `memory` under `engine` in the settings, or executors with more"
_DISK = "free space where temporary files go (TMPDIR, spark.local.dir) and where the lake lies, and run again"
_LOST = "see whether Spark is still there, and run again: nothing of this run is lost or taken twice"
_GONE = ("Py4JNetworkError", "Py4JJavaServerError", "RetriesExceeded")
_GONE_SAID = (
    *(
        "UNAVAILABLE",
        "SparkContext was shut down",
        "stopped SparkContext",
        "INVALID_HANDLE.SESSION",
        "SESSION_NOT_FOUND",
    ),
    *("An error occurred while trying to connect to the Java server", "Answer from Java side is empty"),
)
_DRIVER = ("pyspark", "py4j", "grpc")


@contextmanager
def fenced(doing: str, explain: Callable[[Exception], LakekitError | None] = lambda _: None) -> Iterator[None]:
    """Failures of Spark, and of files, raise `engine.out_of_memory`, `engine.disk_full`, `engine.connection_lost` or
    `engine.failed`; or what `explain` makes of them, who knows the lake."""
    try:
        with quiet():
            yield
    except LakekitError:
        raise
    except OSError as error:
        raise _of_system(error, doing) from None
    except Exception as error:
        if not of_driver(error):
            raise
        raise explain(error) or _told(error, doing) from None


@contextmanager
def quiet() -> Iterator[None]:
    """pyspark warns of what it retried, and of settings that it would like to be others: no user can mend that."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"pyspark(\.|$)")
        yield


def of_driver(error: Exception) -> bool:
    """Whether an exception is one of Spark, or of what lies between it and this process."""
    return any(kind.__module__.partition(".")[0] in _DRIVER for kind in type(error).__mro__)


def told_texts(error: BaseException) -> str:
    """All that Spark told of a failure, down to its cause, for those who look for a word in it: it may quote rows."""
    texts = (str(error), *(str(getattr(error, name, "")) for name in ("_stackTrace", "_stacktrace")))
    deeper = getattr(error, "_cause", None)
    return "\n".join(texts) + (told_texts(deeper) if isinstance(deeper, BaseException) else "")


def _of_system(error: OSError, doing: str) -> EngineError:
    if error.errno == errno.ENOSPC:
        return EngineError("engine.disk_full", f"the disk is full while {doing}", next=_DISK)
    if isinstance(error, ConnectionError):
        return EngineError("engine.connection_lost", f"Spark is gone while {doing}", next=_LOST)
    return EngineError("engine.failed", f"spark failed while {doing}", why=error.strerror or "")


def _told(error: Exception, doing: str) -> EngineError:
    text, kind = str(error), type(error).__name__
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return EngineError("engine.disk_full", f"the disk is full while {doing}", next=_DISK)
    if "OutOfMemoryError" in text or "UNABLE_TO_ACQUIRE_MEMORY" in text or "ExecutorLostFailure" in text:
        return EngineError("engine.out_of_memory", f"Spark's memory is not enough for {doing}", next=_MEMORY)
    if kind in _GONE or _is_cut_off(kind, text) or any(told in text for told in _GONE_SAID):
        return EngineError("engine.connection_lost", f"Spark is gone while {doing}", next=_LOST)
    return EngineError("engine.failed", f"spark failed while {doing}", why=f"{condition(error) or kind}")


def _is_cut_off(kind: str, text: str) -> bool:
    """py4j tells so of a call that got no answer; of one that failed in Java it has a trace."""
    return kind == "Py4JError" and text.startswith("An error occurred while calling") and "Trace:" not in text


def condition(error: Exception) -> str:
    """The name of what went wrong, such as CAST_INVALID_INPUT; values of rows are in the text alone."""
    tell = getattr(error, "getCondition", None)
    return str((tell and tell()) or "")
