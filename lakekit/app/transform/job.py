"""What the use cases of transforms work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from attrs import field, frozen

from lakekit.app.tools import Tools
from lakekit.domain.build import Pin
from lakekit.domain.errors import LakekitError
from lakekit.domain.lineage import Edge
from lakekit.domain.transform import Transform
from lakekit.ports.runtime import Body, SparkRuntime
from lakekit.sql.query.columns import OutputColumn
from lakekit.sql.query.parsed import Query

EVERY = "*"
"""All columns, in a set of them."""


@frozen
class TransformJob:
    """A transform, what it runs, as read where it is a query, the columns that a query has, `made`, and of what its
    columns are made, `edges`, as far as these are known before it runs. `obstacle` says why it cannot be built by
    increments; "" where it can. `personal` are the columns that show personal values of its inputs; EVERY is one of
    them where that cannot be told."""

    transform: Transform
    body: Body
    query: Query | None = None
    made: tuple[OutputColumn, ...] = ()
    obstacle: str = ""
    edges: tuple[Edge, ...] = ()
    personal: frozenset[str] = frozenset()

    def hides(self, columns: Iterable[str]) -> frozenset[str]:
        """Those of the columns whose values appear nowhere but in tables."""
        hidden = self.personal | self.transform.personal
        return frozenset(c for c in columns if EVERY in hidden or c in hidden)


@frozen
class Workshop:
    """The ports of a run of transforms. The runtime is made when the first of them is evaluated."""

    tools: Tools
    runtime: Callable[[], SparkRuntime]


@frozen
class Wanted:
    """What is asked of a build: to make all anew; at which versions inputs are read, where not as they are now."""

    refresh: bool = False
    pins: Mapping[str, Pin] = field(factory=dict)


@contextmanager
def placed_at(job: TransformJob, conditions: Iterable[str]) -> Iterator[None]:
    """Errors within name the place of these options, which are conditions: a runtime knows of a query that lakekit made
    of them."""
    try:
        yield
    except LakekitError as error:
        error.where = " or ".join(job.transform.where(option) for option in conditions)
        raise


@contextmanager
def placed(job: TransformJob) -> Iterator[None]:
    """Errors within name the transform's file: a runtime knows of a query alone, and of a function nothing where it is
    not the function that raised."""
    try:
        yield
    except LakekitError as error:
        if isinstance(job.body, str) or not error.where:
            error.where = f"{job.transform.place}:{error.where}".rstrip(":")
        raise


@contextmanager
def evaluating(job: TransformJob) -> Iterator[None]:
    """As `placed`, of a runtime, which tells places in the query as it is run."""
    with placed(job):
        try:
            yield
        except LakekitError as error:
            if job.query is not None and job.query.text == job.body:
                error.where = job.query.written(error.where)
            raise
