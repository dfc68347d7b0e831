"""What differs between the Sparks that a runtime can stand on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lakekit.domain.errors import LakekitError
from lakekit.ports.engine import Written
from lakekit.ports.runtime import Capability
from lakekit_spark.place import Place
from lakekit_spark.runtime.mending.typed import Types
from lakekit_spark.runtime.query import Named

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


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

    def mended(self, query: Named, types: Callable[[], Types]) -> Named:
        """The query so that it means here what it means to Spark; `types` has those of the columns of its views. Raises
        UnsupportedCapability, at the place, where that cannot be."""
        ...

    def mended_frame(self, frame: DataFrame) -> DataFrame:
        """As `mended`, of what a function returned."""
        ...

    def schema(self, frame: DataFrame) -> StructType:
        """The columns of the rows that it would write."""
        ...

    def files(self, folder: Path) -> tuple[Written, ...]:
        """What a job left in a folder."""
        ...

    def death(self, error: Exception) -> LakekitError | None:
        """What is told when `error` means that the process that did the work is gone, or the lake. The next `session`
        starts another."""
        ...

    def close(self) -> None: ...
