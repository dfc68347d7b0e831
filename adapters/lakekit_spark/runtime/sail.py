"""Sail: no Java, a process of its own on this machine, driven by Spark Connect's client."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import evolve

from lakekit.domain.batch import ColumnStats
from lakekit.domain.errors import ConfigError, EngineError, LakekitError
from lakekit.ports.engine import Written
from lakekit.ports.runtime import Capability
from lakekit_spark.files import AT_ONCE
from lakekit_spark.footer import read_footer
from lakekit_spark.lake import Lake
from lakekit_spark.options import Options, read_options
from lakekit_spark.pinned import FOR_BODIES
from lakekit_spark.place import Place
from lakekit_spark.runtime.mending.bodies import mended_frame, mended_query
from lakekit_spark.runtime.mending.plans import schema_of
from lakekit_spark.runtime.mending.typed import Types
from lakekit_spark.runtime.process import Sail, start_sail
from lakekit_spark.runtime.query import Named
from lakekit_spark.types import column
from lakekit_spark.written import collect_files

if TYPE_CHECKING:
    import grpc
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

_KNOWN = ("memory", "threads")
_LOST = ("UNAVAILABLE", "Socket closed", "Connection reset", "StatusCode.CANCELLED")
_PATIENCE = 5.0
"""Seconds: a process that was killed is gone a moment after its connections."""
_CHANNEL = [
    # To compress costs more than the query.
    ("grpc.compression_enabled_algorithms_bitset", 1),
    # Else the path of the socket, which Sail refuses.
    ("grpc.default_authority", "localhost"),
    # Else what failed at an address, which names a descriptor, is remembered against the next that has its number.
    ("grpc.use_local_subchannel_pool", 1),
]


def sail_options(options: Mapping[str, object]) -> Options:
    """Raises ConfigError for what the settings cannot say of Sail."""
    if unknown := options.keys() - set(_KNOWN):
        raise ConfigError(
            "runtime.unknown_option", f"sail has no option {min(unknown)!r}", next=f"it has {', '.join(_KNOWN)}"
        )
    return read_options(options)


class SailBackend:
    """Temporary files go to `place`. A lake in a bucket is read where it is, by the usual AWS chain of credentials."""

    name = "sail"
    capabilities: frozenset[Capability] = frozenset()

    def __init__(self, options: Options, place: Path, lake: Lake) -> None:
        self._options = options
        self._place = place
        self._lake = lake
        self._open: tuple[Sail, SparkSession] | None = None

    def session(self) -> SparkSession:
        if self._open is not None and self._open[0].ended() is not None:
            self.close()
        if self._open is None:
            reach = self._lake.environment()
            sail = start_sail(self._place, self._options.memory * 2**20, self._options.threads, reach)
            self._open = sail, _connect(sail)
        session = self._open[1]
        _pin(session)
        # What functions of pyspark refer to without being told: of several runtimes this one.
        session._active_session.session = session  # noqa: SLF001
        return session

    @property
    def guarded(self) -> bool:
        """Whether the port is closed to other users of this machine; known once a session was opened."""
        return self._open is not None and self._open[0].guarded

    def place(self) -> Place:
        return _Place(self._lake.files)

    def mended(self, query: Named, types: Callable[[], Types]) -> Named:
        return mended_query(query, types)

    def mended_frame(self, frame: DataFrame) -> DataFrame:
        return mended_frame(frame)

    def schema(self, frame: DataFrame) -> StructType:
        return schema_of(frame)

    def files(self, folder: Path) -> tuple[Written, ...]:
        """Bounds of floats are left out: Sail's know nothing of NaN, which is above all others."""
        return tuple(evolve(written, stats=_sure(written)) for written in collect_files(folder))

    def death(self, error: Exception) -> LakekitError | None:
        lost = isinstance(error, ConnectionError) or any(word in str(error) for word in _LOST)
        code = self._open[0].ended(_PATIENCE if lost else 0) if self._open else None
        if code is None:
            return self._lake.explain(error)
        return EngineError(
            "runtime.died",
            "Sail's process has ended",
            why=f"by signal {-code}" if code < 0 else f"with exit code {code}",
            next="run again; if it was out of memory (signal 9), set `memory` under `engine` lower than what is free",
        )

    def close(self) -> None:
        if self._open is not None:
            sail, session = self._open
            self._open = None
            session.stop()
            sail.close()


class _Place(Place):
    """Sail takes URLs, and no patterns in them."""

    def address(self, file: str) -> str:
        if Path(file).name.startswith(("_", ".")):
            raise EngineError("engine.failed", "Sail does not read files whose names begin with _ or .", where=file)
        scheme, found, rest = file.partition("://")
        return f"{scheme}://{quote(rest)}" if found else self.target(Path(file))

    def target(self, folder: Path) -> str:
        return f"file://{quote(str(folder.absolute()))}"

    def confirm(self, files: Iterable[str]) -> None:
        """Sail tells of a file of this host that is gone, and answers with no rows for an object."""
        objects = [file for file in files if "://" in file]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            gone = [file for file, there in zip(objects, pool.map(self.files.there, objects), strict=True) if not there]
        if gone:
            raise EngineError(
                "engine.failed",
                "a file was removed while it was read",
                where=gone[0],
                why="it is no longer in the bucket",
                next="run again: what is read then is there",
            )


@contextmanager
def _with_a_file() -> Iterator[None]:
    """A program without one, such as that of `python -c`, is taken by pyspark for doctests of its own: it looks for
    Spark's tests, and ends the process."""
    main: Any = sys.modules["__main__"]
    lacking = not hasattr(main, "__file__")
    if lacking:
        main.__file__ = "<string>"
    try:
        yield
    finally:
        if lacking:
            del main.__file__


def _connect(sail: Sail) -> SparkSession:
    with _with_a_file():
        from pyspark.sql.connect.client import ChannelBuilder
        from pyspark.sql.connect.session import SparkSession as Session

    class Channel(ChannelBuilder):  # type: ignore[misc,unused-ignore]
        """To the socket in the private folder."""

        def toChannel(self) -> grpc.Channel:  # noqa: N802  # pyspark's name
            return self._insecure_channel(sail.address)

        @property
        def host(self) -> str:
            return "localhost"

    session: SparkSession = Session.builder.channelBuilder(Channel(_CHANNEL)).create()
    # One that is gone is gone: minutes of trying again would not bring it back.
    session.client.set_retry_policies([])
    # Nor has it to be told that it ends.
    session.release_session_on_close = False
    return session


def _pin(session: SparkSession) -> None:
    """In one call, and without the warnings of Sail for what it takes as given."""
    from pyspark.sql.connect.proto import ConfigRequest, KeyValue

    pairs = [KeyValue(key=name, value=value) for name, value in FOR_BODIES.items()]
    session.client.config(ConfigRequest.Operation(set=ConfigRequest.Set(pairs=pairs)))


def _sure(written: Written) -> dict[str, ColumnStats]:
    floats = {c.name for c in map(column, read_footer(written.path).columns) if c.type in {"float", "double"}}
    return {
        name: evolve(stats, minimum=None, maximum=None) if name in floats else stats
        for name, stats in written.stats.items()
    }
