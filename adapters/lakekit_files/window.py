"""Which rows an increment reads: those whose cursor lies in the bounds, and those that have no place on its axis."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen
from sqlglot import exp

from lakekit.domain.batch import Bounds
from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import SourceError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.watermark import Watermark
from lakekit.sql.rules import column_value
from lakekit.sql.tree import all_of, cast, coalesce, column, literal, own


@frozen
class Window:
    """A closed interval of one column of the contract; an end that is None is open."""

    cursor: Column
    low: Watermark | None
    high: Watermark | None

    def condition(self, physical: str | None) -> exp.Expression:
        """Whether a row is read: when its value lies in the interval, or is none of the contract's type, as a text that
        is a null marker, which the contract judges later. `physical` is the column's type in Spark DDL; where that is
        None, the text of its values counts."""
        raw: exp.Expression = column(self.cursor.name)
        if physical is None:
            raw, physical = cast(raw, "string"), "string"
        value = column_value(evolve(self.cursor, default=None), raw, physical)
        sides: list[exp.Expression] = []
        if self.low is not None:
            sides.append(exp.GTE(this=own(value), expression=literal(self.low.value, self.cursor.type)))
        if self.high is not None:
            sides.append(exp.LTE(this=own(value), expression=literal(self.high.value, self.cursor.type)))
        return coalesce(all_of(sides), exp.true())


def window(contract: Contract, cursor: str | None, bounds: Bounds) -> Window | None:
    """The window that the bounds open on the cursor; None when all rows are read."""
    if cursor is None or (bounds.low is None and bounds.high is None):
        return None
    return Window(contract.column(cursor), bounds.low, bounds.high)


def refuse_without_cursor(opened: Window | None, names: Sequence[str], where: str) -> None:
    """Raises SourceError `source.no_watermark_column` for a file that lacks the window's column."""
    if opened is None or opened.cursor.name in names:
        return
    raise SourceError(
        "source.no_watermark_column",
        f"the file has no column {opened.cursor.name!r}",
        where=where,
        why="without it nobody can tell which rows are new",
        next=did_you_mean(nearest(opened.cursor.name, names)) or f"its columns are {', '.join(names[:20])}",
    )
