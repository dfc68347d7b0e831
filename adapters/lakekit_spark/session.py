"""A session of lakekit's own, on the Spark that is there already or on one that is started."""

from __future__ import annotations

import atexit
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from attrs import frozen

from lakekit.plugin.disk import Scratch, place_of_this_user
from lakekit_spark.bucket import SETTING, fetched_jars, start_settings
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
_ONE_AT_A_TIME = Lock()


@frozen(eq=False)
class Spark:
    """A session, and what ends it. Of a Spark that was there before nothing is ended. `patience` is how many seconds a
    query may be without an executor, None for as long as it takes; `local` says that it works on this machine."""

    session: SparkSession
    end: Callable[[], None]
    patience: float | None = None
    local: bool = False

    def close(self) -> None:
        """End what was started for this session."""
        # Spark may be gone already, and then has nothing left to end.
        with suppress(Exception), quiet():
            self.end()


def open_spark(options: Options, bucket: Mapping[str, str] | None = None) -> Spark:
    """A session with the pinned settings, and those of a lake in a bucket. Raises EngineError when Spark cannot be
    reached or started."""
    in_bucket = bucket is not None
    spark = Spark(*connect(options.remote)) if options.remote else _classic(options, in_bucket=in_bucket)
    settings = {**PINNED, **_own(options), **(bucket or {}), **(_of_s3a(options) if in_bucket else {})}
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


def _of_s3a(options: Options) -> dict[str, str]:
    """For a Spark that was there before, too: a session has them under Hadoop's names."""
    return {f"fs.s3a.{n.removeprefix(SETTING)}": v for n, v in options.conf.items() if n.startswith(SETTING)}


def _classic(options: Options, *, in_bucket: bool) -> Spark:
    with _ONE_AT_A_TIME:
        there = _there()
        if there is not None:
            return Spark(_sibling(there), lambda: None, local=_is_local(there))
        started = _start(options, in_bucket=in_bucket)
    return Spark(started.newSession(), started.stop, options.patience, _is_local(started))


def _there() -> SparkSession | None:
    """A session of the Spark that this process has, whichever thread began it: an active session is that of a thread,
    and a process can have no second Spark."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession, is_remote

    active = SparkSession.getActiveSession()
    if active is not None or is_remote():
        return active
    context = SparkContext._active_spark_context  # noqa: SLF001  # nothing public tells of it
    return SparkSession(context) if context is not None else None


def _is_local(session: SparkSession) -> bool:
    from pyspark.sql import is_remote

    return not is_remote() and session.sparkContext.master.partition("[")[0] == "local"


def _sibling(there: SparkSession) -> SparkSession:
    """A session of lakekit's own on the same Spark, whose settings and views are no others'."""
    from pyspark.sql import is_remote

    return there.cloneSession() if is_remote() else there.newSession()


def _start(options: Options, *, in_bucket: bool) -> SparkSession:
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    require_jars(options.conf)
    if not submitted:
        require_java(os.environ)
        require_master(options.master)
    conf = _conf(options, submitted=submitted, in_bucket=in_bucket)
    said = _said()
    try:
        return SparkSession(SparkContext(conf=conf, gateway=_gateway(conf)))
    except (PySparkException, OSError, ValueError) as error:
        raise start_failed(f"{_text(said)} {error}") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "py4j":
            raise
        raise start_failed(_text(said)) from None


def _conf(options: Options, *, submitted: bool, in_bucket: bool) -> SparkConf:
    """What spark-submit was told stands; else the master of the options, or this machine."""
    from pyspark import SparkConf

    conf = SparkConf().setAppName("lakekit").setAll(list(options.conf.items()))
    if options.master or not submitted:
        conf.setMaster(options.master or options.local)
    if not submitted:
        conf.setIfMissing("spark.driver.memory", f"{options.memory}m")
        folders = {"spark.local.dir": _private(), "spark.sql.warehouse.dir": _private()}
        reaching = _reaching(options) if in_bucket else {}
        for name, value in {**STARTED, **({**LOCAL, **folders} if options.local_work else {}), **reaching}.items():
            conf.setIfMissing(name, value)
    return conf


def _reaching(options: Options) -> dict[str, str]:
    fetched = fetched_jars(options.conf)
    return start_settings(options.conf, spark_jars(), fetched, local=options.local_work)


def spark_jars() -> Path:
    """The folder of Spark's own jars."""
    import pyspark

    return Path(os.environ.get("SPARK_HOME") or Path(str(pyspark.__file__)).parent, "jars")


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
    scratch = Scratch(place_of_this_user())
    atexit.register(scratch.close)
    return str(scratch.folder)


@cache
def _said() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def _text(said: BinaryIO) -> str:
    said.seek(0)
    return said.read(65_536).decode("utf-8", "replace")
