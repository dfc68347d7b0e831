"""A session of lakekit's own, on the Spark that is there already or on one that is started."""

from __future__ import annotations

import atexit
import logging
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from attrs import frozen

from lakekit.plugin.disk import Scratch
from lakekit_spark.fence import quiet
from lakekit_spark.java import require_java, start_failed
from lakekit_spark.options import Options
from lakekit_spark.pinned import LOCAL, PINNED, STARTED
from lakekit_spark.reach import require_jars, require_master
from lakekit_spark.remote import connect

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

_JAVA: dict[str, Any] = {}


@frozen(eq=False)
class Spark:
    """A session, and what ends it. Of a Spark that was there before nothing is ended. `patience` is how many seconds a
    query may be without an executor, None for as long as it takes."""

    session: SparkSession
    end: Callable[[], None]
    patience: float | None = None

    def close(self) -> None:
        """End what was started for this session."""
        # Spark may be gone already, and then has nothing left to end.
        with suppress(Exception), quiet():
            self.end()


def open_spark(options: Options) -> Spark:
    """A session with the pinned settings. Raises EngineError when Spark cannot be reached or started."""
    spark = Spark(*connect(options.remote)) if options.remote else _classic(options)
    settings = {**PINNED, **_own(options)}
    if options.local_work:
        # Small data does not gain by the 200 partitions of the default.
        settings.setdefault("spark.sql.shuffle.partitions", str(options.threads))
    _silence()
    for name, value in settings.items():
        spark.session.conf.set(name, value)
    return spark


def _silence() -> None:
    """pyspark writes the whole of what Spark raises to stderr, values of rows among it; py4j a traceback when Java is
    gone, to the logger that is everybody's."""
    from pyspark.logger import PySparkLogger

    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    logging.getLogger().addFilter(_not_of_py4j)


def _not_of_py4j(record: logging.LogRecord) -> bool:
    return "py4j" not in Path(record.pathname).parts


def _own(options: Options) -> dict[str, str]:
    return {name: v for name, v in options.conf.items() if name.startswith("spark.sql.") and name not in PINNED}


def _classic(options: Options) -> Spark:
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    if there is not None:
        return Spark(_sibling(there), lambda: None)
    started = _start(options)
    return Spark(started.newSession(), started.stop, options.patience)


def _sibling(there: SparkSession) -> SparkSession:
    """A session of lakekit's own on the same Spark, whose settings and views are no others'."""
    from pyspark.sql import is_remote

    return there.cloneSession() if is_remote() else there.newSession()


def _start(options: Options) -> SparkSession:
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    require_jars(options.conf)
    if not submitted:
        require_java(os.environ)
        require_master(options.master)
    conf = _conf(options, submitted=submitted)
    said = _said()
    try:
        return SparkSession(SparkContext(conf=conf, gateway=_gateway(conf)))
    except (PySparkException, OSError, ValueError) as error:
        raise start_failed(f"{_text(said)} {error}") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "py4j":
            raise
        raise start_failed(_text(said)) from None


def _conf(options: Options, *, submitted: bool) -> SparkConf:
    """What spark-submit was told stands; else the master of the options, or this machine."""
    from pyspark import SparkConf

    conf = SparkConf().setAppName("lakekit").setAll(list(options.conf.items()))
    if options.master or not submitted:
        conf.setMaster(options.master or options.local)
    if not submitted:
        conf.setIfMissing("spark.driver.memory", f"{options.memory}m")
        folders = {"spark.local.dir": _private(), "spark.sql.warehouse.dir": _private()}
        for name, value in {**STARTED, **({**LOCAL, **folders} if options.local_work else {})}.items():
            conf.setIfMissing(name, value)
    return conf


def _gateway(conf: SparkConf) -> Any:
    """The one Java process of this process: pyspark keeps the first that it is given for good. What Java says goes
    into a file without a name."""
    from pyspark.java_gateway import launch_gateway

    if "gateway" not in _JAVA:
        _JAVA["gateway"] = launch_gateway(conf, popen_kwargs={"stdout": _said(), "stderr": _said()})
    return _JAVA["gateway"]


@cache
def _private() -> str:
    """A folder for rows that do not fit into memory, and for tables of Spark's own: it makes that one in any case."""
    scratch = Scratch(Path(tempfile.gettempdir()))
    atexit.register(scratch.close)
    return str(scratch.folder)


@cache
def _said() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def _text(said: BinaryIO) -> str:
    said.seek(0)
    return said.read(65_536).decode("utf-8", "replace")
