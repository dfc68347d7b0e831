"""What differs between the Sparks that a runtime can stand on."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lakekit.domain.errors import LakekitError
from lakekit.ports.engine import Written
from lakekit.ports.runtime import Capability
from lakekit.sql.query.parsed import Query
from lakekit_spark.place import Place
from lakekit_spark.runtime.query import Named

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Backend(Protocol):
    """Opened at the first call."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    def session(self) -> SparkSession:
        """The session, with the pinned settings: what a function of a user changed of them is undone."""
        ...

    def place(self) -> Place:
        """Where files lie for the session."""
        ...

    def refuse_query(self, query: Query) -> None:
        """As `refuse`, of a user's query."""
        ...

    def mended(self, query: Named, views: Collection[str]) -> Named:
        """The query, which reads these views, with what keeps it from another result."""
        ...

    def refuse(self, frame: DataFrame) -> None:
        """Raises UnsupportedCapability for what would not fail but give another result."""
        ...

    def files(self, folder: Path) -> tuple[Written, ...]:
        """What a job left in a folder."""
        ...

    def death(self, error: Exception) -> LakekitError | None:
        """What is told when `error` means that the process that did the work is gone, or the lake. The next `session`
        starts another."""
        ...

    def close(self) -> None: ...
