"""What Spark and Sail raise, as lakekit's errors. Their texts may quote rows once anything has run, and not before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from attrs import frozen

from lakekit.domain.errors import EngineError, LakekitError, UnsupportedCapability
from lakekit.ports.runtime import Capability
from lakekit.sql.query.parsed import syntax_error
from lakekit_spark.fence import condition, fenced, of_driver
from lakekit_spark.runtime.backend import Backend
from lakekit_spark.runtime.mending.room import OVERFLOW
from lakekit_spark.runtime.query import UNREAD

_SHOWN = 200
_COLUMN = re.compile(
    r'Identifier\("([^"]*)"\)\]\) is missing|WITH(?:OUT)?_SUGGESTION\][^`]*`((?:[^`]|``)*)`(?:\.`([^`]*)`)?'
)
_FILE = re.compile(r'^ *File "([^"]+)", line (\d+)', re.MULTILINE)
_RAISED = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)
_LIBRARY = re.compile(r"/pyspark/|/pyspark\.zip/|^spark\.py$|^<frozen")
_VALUES = {
    "DIVIDE_BY_ZERO": (
        "[DIVIDE_BY_ZERO",
        "divide by zero",
        "Division by zero",
        "[REMAINDER_BY_ZERO",
        "Remainder by zero",
    ),
    "ARITHMETIC_OVERFLOW": (
        *("[ARITHMETIC_OVERFLOW", "[NUMERIC_VALUE_OUT_OF_RANGE", "[BINARY_ARITHMETIC_OVERFLOW", "out of range Int64"),
        *(
            "Overflow happened on",
            "arithmetic overflow",
            " overflow on ",
            "Timestamp out of range",
            "too large to store in a Decimal",
        ),
    ),
    "CAST_INVALID_INPUT": ("[CAST_INVALID_INPUT", "[CAST_OVERFLOW", "Cast error: ", "Cannot cast ", "Can't cast value"),
    "INVALID_ARRAY_INDEX": ("[INVALID_ARRAY_INDEX", "element_at: the index is out of bounds"),
    "USER_RAISED_EXCEPTION": ("[USER_RAISED_EXCEPTION",),
}
_STOPPED = re.compile(re.escape(OVERFLOW) + r" (.+?:\d+)\b")
_UNPLANNED = {"UnsupportedOperationException", "AnalysisException"}
"""Raised before a row is made, by one who plans a part of the work later than the rest."""
_TOO_DEEP = {"DecodeError", "RecursionError"}
"""What protobuf raises, which takes a hundred messages within each other, and Python."""
_LACKING = {"UnsupportedOperationException", "PySparkNotImplementedError"}


@frozen
class Place:
    """Where in a body an error is: by the name of a column or function, or by what was raised; empty when unknown."""

    named: Callable[[str], str]
    raised: Callable[[BaseException], str]


@contextmanager
def planning(backend: Backend, body: Place) -> Iterator[None]:
    """While nothing has run: what is wrong with the body, and where."""
    with fenced("planning a transform"):
        try:
            yield
        except LakekitError:
            raise
        except Exception as error:
            if dead := backend.death(error):
                raise dead from None
            if type(error).__name__ in _TOO_DEEP:
                raise _nested(body, error) from None
            if not of_driver(error):
                raise
            raise _planned(backend, body, error) from None


@contextmanager
def running(backend: Backend) -> Iterator[None]:
    """While rows are made."""
    with fenced("running a transform"):
        try:
            yield
        except LakekitError:
            raise
        except Exception as error:
            if dead := backend.death(error):
                raise dead from None
            if known := _ran(str(error)):
                raise known from None
            if type(error).__name__ in _UNPLANNED:
                raise _unplanned(backend, error) from None
            raise


def unsupported(backend: str, what: str, where: str = "") -> UnsupportedCapability:
    """The error for what the backend of this name lacks."""
    return UnsupportedCapability(
        "runtime.unsupported", f"{backend} has no {what}", where=where, next=_elsewhere(backend)
    )


def _unplanned(backend: Backend, error: Exception) -> UnsupportedCapability:
    """Without its text, which may quote rows: how far things had come nobody knows."""
    return UnsupportedCapability(
        "runtime.unsupported",
        f"{backend.name} cannot run it, though it could plan it",
        why=type(error).__name__,
        next=_elsewhere(backend.name),
    )


def _nested(body: Place, error: Exception) -> EngineError:
    return EngineError(
        "runtime.refused",
        "an expression is nested too deeply to be sent to the engine",
        where=body.raised(error),
        next="make a column of a part of it first, with withColumn, or write it as a text: selectExpr",
    )


def _elsewhere(backend: str) -> str:
    return "write it in another way" + ("" if backend == "spark" else ", or run it with `engine: spark`")


def _planned(backend: Backend, body: Place, error: Exception) -> EngineError | UnsupportedCapability:
    told, kind, name = str(error), type(error).__name__, condition(error)
    if known := _ran(told):  # Sail computes what is constant while it plans
        return known
    if kind in _LACKING or name.startswith(("JVM_ATTRIBUTE_NOT_SUPPORTED", "NOT_IMPLEMENTED", "UNRESOLVED_ROUTINE")):
        return _lacking(backend, body, error)
    if "TABLE_OR_VIEW_NOT_FOUND" in told:
        return EngineError(
            "runtime.missing_input", "a table is read that is none of the inputs", where=body.raised(error)
        )
    if (found := _COLUMN.search(told)) is not None:
        column = next(text for text in reversed(found.groups()) if text is not None).replace("``", "`")
        where = body.named(column) or body.raised(error)
        return EngineError("runtime.unknown_column", f"there is no column {column!r}", where=where)
    if kind == "ParseException" or name.startswith("PARSE_SYNTAX_ERROR") or UNREAD.search(told):
        return syntax_error(body.raised(error), f"{backend.name} does not know what it finds there")
    return EngineError(
        "runtime.refused",
        f"{backend.name} cannot plan it",
        where=body.raised(error),
        why=" ".join(told.split())[:_SHOWN] or kind,
        next="correct the query or the function",
    )


def _lacking(backend: Backend, body: Place, error: Exception) -> UnsupportedCapability:
    """By the name of the capability where it has one."""
    told = str(error)
    words = {
        "collect metrics": Capability.OBSERVE,
        "`rdd`": Capability.RDD,  # of the client alone
        "rdd is not implemented": Capability.RDD,  # of the whole pyspark
        "input_file_name": Capability.INPUT_FILE_NAME,
    }
    known = next((capability for word, capability in words.items() if word in told), None)
    if known:
        return unsupported(backend.name, known.value, body.named(known.value) or body.raised(error))
    what = " ".join(told.split())[:_SHOWN]
    where = body.named(what.rpartition(": ")[2]) or body.raised(error)
    return UnsupportedCapability(
        "runtime.unsupported", f"{backend.name} lacks something", where=where, why=what, next=_elsewhere(backend.name)
    )


def _ran(told: str) -> EngineError | None:
    if "Traceback (most recent call last)" in told:
        return _function_raised(told)
    if "Resources exhausted" in told or "ResourcesExhausted" in told:
        return EngineError(
            "engine.out_of_memory",
            "the memory is not enough for a transform",
            next="give it more: `memory` under `engine`",
        )
    if named := next((name for name, words in _VALUES.items() if any(word in told for word in words)), None):
        place = _STOPPED.search(told)
        return EngineError(
            "runtime.failed",
            "a value of a row has no result",
            where=place[1] if place else "",
            why=named,
            next="see try_cast, try_divide, try_add, get",
        )
    return None


def _function_raised(told: str) -> EngineError:
    """By the last traceback: in its lines the innermost file that is not a library's."""
    block = told[told.rindex("Traceback (most recent call last)") :]
    files = [(file, line) for file, line in _FILE.findall(block) if not _LIBRARY.search(file)]
    ends = [found.end() for found in _FILE.finditer(block)]
    raised = _RAISED.search(block, ends[-1] if ends else 0)
    return EngineError(
        "runtime.function_raised",
        f"a function raised {raised[1] if raised else 'an exception'} on a row",
        where=":".join(files[-1]) if files else "",
        next="make it take every value, None too",
    )
