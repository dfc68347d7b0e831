"""How the columns of a dimension's events come from a table that others kept, and its rows in one form."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from sqlglot import exp

from lakekit.domain.adoption import Intervals
from lakekit.domain.dimension import Dimension
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import flat_type, parse_type
from lakekit.domain.values import TRUE
from lakekit.domain.widening import widens
from lakekit.sql.dimension.states import Frame
from lakekit.sql.tree import (
    case,
    cast,
    coalesce,
    column,
    literal,
    literal_number,
    named,
    null,
    one_of,
    table,
    text,
)

OLD, READ = "old", "read"
"""The tables: as others keep it, and its rows in one form."""

SINCE, UNTIL, GONE, FLAG = "since", "until", "gone", "flag"
"""Of a row in that form, beside the columns of events, which are c0, c1, …: from when until when it holds, whether it
says that there is none of the key, and whether it is marked as the current one, NULL where nothing marks it."""

TIMED = ("timestamp", "timestamp_ntz")
DAY = "DAY"


@frozen
class Taking:
    """How the columns of events come from a table. `sources` has the table's column for each of the events' own, None
    for one that it lacks; `old` are the types of the table's columns."""

    dimension: Dimension
    columns: tuple[TableColumn, ...]
    sources: tuple[str | None, ...]
    intervals: Intervals
    old: Mapping[str, str]

    @property
    def frame(self) -> Frame:
        return Frame(self.dimension, self.columns)

    @property
    def start_type(self) -> str:
        """That of the moments at which versions begin."""
        return self.frame.start_type


def turns_into(before: str, now: str) -> bool:
    """Whether each value of one type is a value of the other, a date being its midnight in UTC."""
    if before == now or {before, now} == set(TIMED) or (before == "date" and now in TIMED):
        return True
    small = {"byte": 1, "short": 2, "int": 3, "long": 4}
    if before in small and now in small:
        return small[before] < small[now]
    a, b = flat_type(before), flat_type(now)
    return a is not None and b is not None and widens(a, b)


def reading_query(taking: Taking) -> exp.Query:
    """The rows of `old`. Raises ValueError where `open_end` is no value of the column in which it would stand."""
    frame, told = taking.frame, taking.intervals
    values = []
    for c, name, source in zip(frame.told, frame.names, taking.sources, strict=True):
        values.append(named(turned(column(source), taking.old[source], c.type) if source else null(c.type), name))
    values.append(named(turned(column(told.valid_from), taking.old[told.valid_from], taking.start_type), SINCE))
    values.append(named(_until(taking), UNTIL))
    values.append(named(_truth(told.is_deleted, taking), GONE))
    values.append(named(_truth(told.is_current, taking) if told.is_current else null("boolean"), FLAG))
    return exp.Select(expressions=values).from_(table(OLD), copy=False)


def turned(value: exp.Expression, before: str, now: str) -> exp.Expression:
    """A value of one type as one of another."""
    return value if before == now else cast(value, now)


def _until(taking: Taking) -> exp.Expression:
    told = taking.intervals
    type_ = taking.old[told.valid_to]
    end: exp.Expression = column(told.valid_to)
    if told.inclusive and type_ == "date":
        end = cast(later(end, DAY), "date")
    end = turned(end, type_, taking.start_type)
    if told.open_end is None:
        return end
    known = "timestamp" if type_ in TIMED else type_
    sentinel = turned(literal(told.open_end, parse_type(known)), known, type_)
    return case((exp.NEQ(this=column(told.valid_to), expression=sentinel), end))


def _truth(name: str, taking: Taking) -> exp.Expression:
    if not name:
        return exp.false()
    type_, value = taking.old[name], column(name)
    if type_ == "boolean":
        return coalesce(value, exp.false())
    if type_ == "string":
        return coalesce(one_of(exp.Lower(this=exp.Trim(this=value)), map(text, TRUE)), exp.false())
    return coalesce(exp.NEQ(this=value, expression=literal_number(0)), exp.false())


def later(value: exp.Expression, unit: str) -> exp.Expression:
    """One unit of time after a moment."""
    return exp.Add(this=value, expression=exp.Interval(this=text("1"), unit=exp.Var(this=unit)))
