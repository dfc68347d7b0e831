"""A session of lakekit's own, on the Spark that is there already or on one that is started."""

from __future__ import annotations

import atexit
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from attrs import frozen

from lakekit.domain.errors import EngineError, PluginError
from lakekit.plugin.disk import Scratch
from lakekit_spark.java import require_java, start_failed
from lakekit_spark.options import Options
from lakekit_spark.pinned import LOCAL, PINNED, STARTED

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

_JAVA: dict[str, Any] = {}


@frozen(eq=False)
class Spark:
    """A session, and whether what runs it ends with it."""

    session: SparkSession
    ours: bool

    def close(self) -> None:
        """End what was started for this session. A Spark that was there before stays."""
        if self.ours:
            self.session.stop()


def open_spark(options: Options) -> Spark:
    """A session with the pinned settings. Raises EngineError when Spark cannot be reached or started."""
    spark = _remote(options) if options.remote else _classic(options)
    settings = PINNED
    if spark.ours and not options.remote and (options.master or "local").startswith("local"):
        # Small data does not gain by the 200 partitions of the default.
        settings = {**PINNED, "spark.sql.shuffle.partitions": str(options.threads)}
    for name, value in {**settings, **_own(options)}.items():
        spark.session.conf.set(name, value)
    _silence()
    return spark


def _silence() -> None:
    """pyspark writes the whole of what Spark raises to stderr, values of rows among it."""
    from pyspark.logger import PySparkLogger

    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True


def _own(options: Options) -> dict[str, str]:
    return {name: v for name, v in options.conf.items() if name.startswith("spark.sql.") and name not in PINNED}


def _remote(options: Options) -> Spark:
    from pyspark.sql import SparkSession

    try:
        builder = SparkSession.builder.remote(str(options.remote))
        return Spark(builder.create(), True)
    except ImportError:
        raise PluginError(
            "plugin.driver_missing",
            "Spark Connect needs modules that cannot be imported",
            next="pip install 'pyspark[connect]>=4.2,<4.3' 'pandas<3'",
        ) from None
    except Exception as error:  # noqa: BLE001  # pyspark's, gRPC's, and those of what they are made of
        raise EngineError(
            "engine.unreachable",
            "the Spark Connect server cannot be used",
            why=type(error).__name__,
            next="check `remote` under `engine` in the settings, and that the server is there",
        ) from None


def _classic(options: Options) -> Spark:
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    if there is not None:
        return Spark(there.newSession(), False)
    return Spark(_start(options).newSession(), True)


def _start(options: Options) -> SparkSession:
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    conf = _conf(options, submitted=submitted)
    if not submitted:
        require_java(os.environ)
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
        local = conf.get("spark.master", "").startswith("local")
        folders = {"spark.local.dir": _private(), "spark.sql.warehouse.dir": _private()}
        for name, value in {**STARTED, **({**LOCAL, **folders} if local else {})}.items():
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
