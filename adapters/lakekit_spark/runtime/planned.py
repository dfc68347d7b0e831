"""Bodies that were planned, and not written yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from lakekit.domain.lineage import Flow
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.ports.runtime import Body

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_KEPT = 8
"""As many as builds that may be under way side by side."""


def _nothing() -> None:
    """A DataFrame that is not used leaves nothing in its session."""


@frozen(eq=False)
class Planned:
    """Rows as `session` planned them: none was made yet. `forget` takes away the views that they are read from, and
    `flows` tells what the columns are made of."""

    session: SparkSession
    rows: DataFrame
    columns: tuple[TableColumn, ...]
    forget: Callable[[], None] = _nothing
    flows: Callable[[], Mapping[str, Flow]] = dict


class Shelf:
    """What was analysed is mostly what is written next, and to plan takes longer than a small body itself."""

    def __init__(self) -> None:
        self._kept: list[tuple[Body, Mapping[str, Input], Planned]] = []

    def put(self, body: Body, inputs: Mapping[str, Input], planned: Planned) -> None:
        """Keep it, and forget what was kept for long."""
        self._kept.append((body, dict(inputs), planned))
        while len(self._kept) > _KEPT:
            self._kept.pop(0)[2].forget()

    def take(self, session: SparkSession, body: Body, inputs: Mapping[str, Input]) -> Planned | None:
        """What was put there for the body over these files, which never change; None where there is no such thing."""
        # Of a session that has ended nothing is left to forget.
        self._kept = [kept for kept in self._kept if kept[2].session is session]
        found = next((kept for kept in self._kept if kept[0] == body and kept[1] == inputs), None)
        if found is None:
            return None
        self._kept.remove(found)
        return found[2]
