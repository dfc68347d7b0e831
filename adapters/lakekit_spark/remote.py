"""A session behind Spark Connect."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lakekit.domain.errors import EngineError, PluginError
from lakekit_spark.fence import quiet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_MODE = "SPARK_CONNECT_MODE_ENABLED"
"""pyspark sets it in the environment, and takes all sessions of the process for remote ones from then on."""

_WAITS = {"initial_backoff": 250, "backoff_multiplier": 2.0, "max_backoff": 8000, "jitter": 0}
"""In milliseconds. pyspark's own policy waits ten minutes for a server that has gone, and it would not know the session
when it came back."""

_TRIES_TO_REACH, _TRIES_TO_WORK = 3, 6


def connect(address: str) -> tuple[SparkSession, Callable[[], None]]:
    """A new session of the server at `address`, and how to end it.

    Raises EngineError when the server does not answer within seconds, and PluginError when modules are missing.
    """
    later = () if _MODE in os.environ else (_MODE,)
    try:
        session = _reached(address)
    except Exception as error:  # noqa: BLE001  # pyspark's, gRPC's, and those of what they are made of
        _forget(later)
        if isinstance(error, ImportError):
            raise _modules_missing() from None
        raise EngineError(
            "engine.unreachable",
            "the Spark Connect server cannot be used",
            why=f"{type(error).__name__} at the first question",  # what it says may quote the address, and so a token
            next="check `remote` under `engine` in the settings, and that the server is there; then run again",
        ) from None
    return session, lambda: _end(session, later)


def _reached(address: str) -> SparkSession:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(address).create()
    _retries(session, _TRIES_TO_REACH)
    with quiet():
        # To make a session is not to talk to the server yet.
        _ = session.version
    _retries(session, _TRIES_TO_WORK)
    return session


def _end(session: SparkSession, later: Iterable[str]) -> None:
    _retries(session, 0)
    session.stop()
    _forget(later)


def _forget(names: Iterable[str]) -> None:
    for name in names:
        os.environ.pop(name, None)


def _modules_missing() -> PluginError:
    return PluginError(
        "plugin.driver_missing",
        "Spark Connect needs modules that cannot be imported",
        next="pip install 'pyspark[connect]>=4.2,<4.3' 'pandas<3'",
    )


def _retries(session: SparkSession, tries: int) -> None:
    from pyspark.sql.connect.client.retries import DefaultPolicy

    session.client.set_retry_policies([DefaultPolicy(max_retries=tries, **_WAITS)])
