"""A user's function, called to plan: it is given DataFrames and returns one."""

from __future__ import annotations

import inspect
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from lakekit.domain.errors import EngineError, LakekitError
from lakekit_spark.fence import of_driver

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
_OURS = str(Path(__file__).parents[1])


@frozen
class Function:
    """What a user wrote, and where."""

    call: Callable[[Mapping[str, Any]], Any]

    def planned(self, inputs: Mapping[str, DataFrame]) -> DataFrame:
        """What it returns. Raises EngineError when it raises, or returns something else; Spark's errors pass."""
        from pyspark.sql import DataFrame

        try:
            # What it prints is for people: on the output there may be a report that programs read.
            with redirect_stdout(sys.stderr):
                made = self.call(inputs)
        except LakekitError:
            raise
        except (Exception, SystemExit) as error:  # that of one function would end the whole run, with any exit code
            if isinstance(error, Exception) and of_driver(error):
                raise
            raise self._raised(error) from error
        if not isinstance(made, DataFrame):
            raise EngineError(
                "runtime.no_frame",
                f"the function {self.name} returned {type(made).__name__}, not a DataFrame",
                where=self.place,
                next="return a DataFrame made from its arguments",
            )
        return made

    @property
    def name(self) -> str:
        return getattr(self.call, "__name__", type(self.call).__name__)

    @property
    def place(self) -> str:
        """`file:line` where it begins; empty where that is unknown."""
        code = getattr(inspect.unwrap(self.call), "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else ""

    def line(self, error: BaseException) -> str:
        """`file:line` where it raised: the innermost that is not a library's; else where it begins."""
        frames = traceback.extract_tb(error.__traceback__)
        theirs = [f for f in frames if not f.filename.startswith((*_LIBRARIES, _OURS, "<"))]
        return f"{theirs[-1].filename}:{theirs[-1].lineno}" if theirs else self.place

    def _raised(self, error: BaseException) -> EngineError:
        return EngineError(
            "runtime.function_raised",
            f"the function {self.name} raised {type(error).__name__}",
            where=self.line(error),
            next="run it again with --debug (before the command) to see the traceback",
        )
