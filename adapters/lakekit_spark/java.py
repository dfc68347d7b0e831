"""Java, which Spark needs to start: whether it is there, and what a start that failed means."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from lakekit.domain.errors import EngineError

_UNFETCHED = (
    *("unresolved dependency", "UNRESOLVED DEPENDENCIES", "download failed", "java.net.UnknownHostException"),
    *("java.net.ConnectException", "java.net.SocketTimeoutException", "Unable to load artifact"),
)
_INSTALL = "install a Java runtime of version 17 or 21, or set JAVA_HOME to one"


def require_java(environment: Mapping[str, str]) -> None:
    """Raises EngineError when there is no Java to start: in JAVA_HOME, or else on PATH."""
    home = environment.get("JAVA_HOME")
    if home:
        if not os.access(Path(home, "bin", "java"), os.X_OK):
            raise EngineError("engine.no_java", "Spark needs Java", why="JAVA_HOME names no Java", next=_INSTALL)
    elif shutil.which("java", path=environment.get("PATH")) is None:
        raise EngineError("engine.no_java", "Spark needs Java", why="there is no `java` on PATH", next=_INSTALL)


def start_failed(said: str) -> EngineError:
    """What a start means that ended with these lines. Nothing of them is shown that could hold a secret."""
    if "UnsupportedClassVersionError" in said or "Unrecognized option: --add-modules" in said:
        return EngineError(
            "engine.wrong_java", "Spark does not start", why="the Java that was found is too old", next=_INSTALL
        )
    if "Could not reserve enough space" in said or "Cannot allocate memory" in said:
        hint = "ask for less: `memory` under `engine` in the settings"
        return EngineError("engine.out_of_memory", "Spark does not start", why="there is not enough memory", next=hint)
    if any(told in said for told in _UNFETCHED):
        return EngineError(
            "engine.jars_unreachable",
            "Spark does not start",
            why="jars that it should load cannot be fetched",
            next="where there is no way out, name jars on this disk: `spark.jars` under `conf`",
        )
    return EngineError(
        "engine.start_failed",
        "Spark does not start",
        why="its Java process ended, or its master did not answer",
        next="run `spark-submit --version` in this environment, and check `master` and `conf` under `engine`",
    )
