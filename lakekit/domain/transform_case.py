"""Cases of transforms: rows that are given, and the rows that a transform shall make of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from lakekit.domain.case_diff import Cell, Diff
from lakekit.domain.report import Failure


@frozen
class CaseRow:
    """A row as a file tells it: texts by column, None for no value. `places` says where each column's value stands,
    `file:line:column`; `typed` names the columns whose values were written without quotes."""

    cells: Mapping[str, Cell]
    places: Mapping[str, str]
    typed: frozenset[str] = frozenset()


Delivery = Mapping[str, tuple[CaseRow, ...]]
"""Rows that come at one moment, by dataset."""


@frozen
class TransformCase:
    """A transform, what its inputs are given and what it makes of them.

    The first delivery makes the inputs, each further one is added to them and built as an increment; `expected` is the
    table after the last. Columns that `expected` does not name are not compared, unless `exact`. `now` stands in for
    the time in the query. `places` says where a dataset, or a key of the case, stands; `place` where the case does.
    """

    name: str
    transform: str
    deliveries: tuple[Delivery, ...]
    expected: tuple[CaseRow, ...]
    place: str
    places: Mapping[str, str]
    exact: bool = False
    ordered: bool = False
    now: datetime | None = None


@frozen
class CaseReport:
    """What became of a case: what differs from the expectation, or the error that came before. `notes` are things that
    lakekit assumed."""

    case: TransformCase
    seconds: float
    diff: Diff | None = None
    failure: Failure | None = None
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rows are those that were expected."""
        return self.failure is None and self.diff is not None and self.diff.empty
