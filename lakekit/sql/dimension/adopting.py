"""The versions of a table that others kept, judged; and the events that they tell.

`reading_query` reads the table `old` into rows of one form, `judged_query` sets each beside its neighbours of the same
key, and the others ask these rows, the table `judged`: the columns of events are c0, c1, … there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.adoption import BACKWARD_VERSION, EMPTY_VERSION, SAME_START, Fault, Intervals
from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    NO_KEY,
    NO_SEQUENCE,
    OPERATION,
    REASON,
    UPSERT,
    Dimension,
)
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import flat_type, parse_type
from lakekit.domain.values import TRUE
from lakekit.domain.widening import widens
from lakekit.sql.canonical import as_text
from lakekit.sql.comparable import comparable
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.frames import after, before, over
from lakekit.sql.dimension.states import Frame, select
from lakekit.sql.merging import MADE
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    cast,
    coalesce,
    column,
    count,
    how_many,
    is_known,
    is_null,
    literal,
    literal_number,
    named,
    negated,
    null,
    one_of,
    own,
    subquery,
    table,
    text,
    union_all,
)

OLD, READ, JUDGED = "old", "read", "judged"
"""The tables: as others keep it, its rows in one form, and these beside their neighbours."""

AGAIN = "again"
"""The reason of rows that say what another says."""

_SINCE, _UNTIL, _GONE, _FLAG, _WHY, _NEXT = "since", "until", "gone", "flag", "why", "following"
_SECOND, _DAY = "SECOND", "DAY"
TIMED = ("timestamp", "timestamp_ntz")


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
        values.append(named(_as(column(source), taking.old[source], c.type) if source else null(c.type), name))
    values.append(named(_as(column(told.valid_from), taking.old[told.valid_from], taking.start_type), _SINCE))
    values.append(named(_until(taking), _UNTIL))
    values.append(named(_truth(told.is_deleted, taking), _GONE))
    values.append(named(_truth(told.is_current, taking) if told.is_current else null("boolean"), _FLAG))
    return exp.Select(expressions=values).from_(table(OLD), copy=False)


def _as(value: exp.Expression, before: str, now: str) -> exp.Expression:
    return value if before == now else cast(value, now)


def _until(taking: Taking) -> exp.Expression:
    told = taking.intervals
    type_ = taking.old[told.valid_to]
    end: exp.Expression = column(told.valid_to)
    if told.inclusive and type_ == "date":
        end = cast(_later(end, _DAY), "date")
    end = _as(end, type_, taking.start_type)
    if told.open_end is None:
        return end
    known = "timestamp" if type_ in TIMED else type_
    sentinel = _as(literal(told.open_end, parse_type(known)), known, type_)
    return case((exp.NEQ(this=column(told.valid_to), expression=sentinel), end))


def _later(value: exp.Expression, unit: str) -> exp.Expression:
    return exp.Add(this=value, expression=exp.Interval(this=text("1"), unit=exp.Var(this=unit)))


def _truth(name: str, taking: Taking) -> exp.Expression:
    if not name:
        return exp.false()
    type_, value = taking.old[name], column(name)
    if type_ == "boolean":
        return coalesce(value, exp.false())
    if type_ == "string":
        return coalesce(one_of(exp.Lower(this=exp.Trim(this=value)), map(text, TRUE)), exp.false())
    return coalesce(exp.NEQ(this=value, expression=literal_number(0)), exp.false())


def judged_query(taking: Taking, now: str) -> exp.Query:
    """Each row of `read`, why it counts for nothing (`why`), when the next of its key begins (`following`), and a flag
    for each fault. `now` is a moment as an ISO text."""
    frame = taking.frame
    carried = [*frame.names, _SINCE, _UNTIL, _GONE, _FLAG]
    types = frame.types
    same = [comparable(column(n), types[n]) if n in types else column(n) for n in carried if n != _FLAG]
    numbered = select(carried, _all(READ, carried), named(_number(same, [_down(column(_FLAG))]), "n"))
    reasoned = select(carried, numbered, named(_reason(frame), _WHY))
    place = [*frame.keys, _SINCE, _WHY]
    first = [_up(column(_GONE)), _down(column(_UNTIL))]  # no end comes before any
    alike = over(count(), [*place, _GONE, _UNTIL])
    ranked = select(
        [*carried, _WHY],
        reasoned,
        named(_number([column(c) for c in place], first), "place"),
        named(alike, "alike"),
    )
    second = all_of([is_null(column(_WHY)), _more(column("place"))])
    tied = all_of([is_null(column(_WHY)), exp.EQ(this=column("place"), expression=literal_number(1)), _more("alike")])
    placed = select(
        carried, ranked, named(case((second, text(SAME_START)), otherwise=column(_WHY)), _WHY), named(tied, "tied")
    )
    return _beside(taking, [*carried, _WHY], placed, now)


def _beside(taking: Taking, carried: Sequence[str], placed: exp.Query, now: str) -> exp.Query:
    frame = taking.frame
    by = [*frame.keys, _WHY]
    tracked = frame.tracked
    followed = select(
        [*carried, "tied"],
        placed,
        named(after(_SINCE, by, [_SINCE]), _NEXT),
        named(after(_GONE, by, [_SINCE]), "next_gone"),
    )
    if taking.intervals.inclusive:
        closed = case((_hairline(), column(_NEXT)), otherwise=column(_UNTIL))
        rest = [n for n in (*carried, "tied", _NEXT, "next_gone") if n != _UNTIL]
        followed = select(rest, followed, named(closed, _UNTIL))
    open_ = all_of([is_null(column(_UNTIL)), negated(column(_GONE))])
    one = case((open_, literal_number(1)), otherwise=literal_number(0))
    neighbours = select(
        [*carried, "tied", _NEXT, "next_gone"],
        followed,
        named(before(_UNTIL, by, [_SINCE]), "ended"),
        named(before(_GONE, by, [_SINCE]), "was_gone"),
        named(over(exp.Sum(this=one), by, [_SINCE], frame=("UNBOUNDED", "CURRENT ROW")), "open"),
        *(named(before(n, by, [_SINCE]), f"w{n}") for n in frame.names),
    )
    flags = _flags(taking, tracked, now)
    return select([*carried, _NEXT], neighbours, *(named(coalesce(c, exp.false()), f) for f, c in flags.items()))


def _hairline() -> exp.Expression:
    """Whether a moment ends within a second before the next version begins."""
    reached = exp.GTE(this=_later(column(_UNTIL), _SECOND), expression=column(_NEXT))
    return all_of([_before(column(_UNTIL), column(_NEXT)), reached])


def _reason(frame: Frame) -> exp.Expression:
    no_key = any_of([is_null(column(k)) for k in frame.keys])
    version = negated(column(_GONE))
    return case(
        (_more("n"), text(AGAIN)),
        (no_key, text(NO_KEY)),
        (is_null(column(_SINCE)), text(NO_SEQUENCE)),
        (all_of([version, exp.EQ(this=column(_UNTIL), expression=column(_SINCE))]), text(EMPTY_VERSION)),
        (all_of([version, _before(column(_UNTIL), column(_SINCE))]), text(BACKWARD_VERSION)),
        otherwise=null("string"),
    )


def _flags(taking: Taking, tracked: Sequence[str], now: str) -> Mapping[str, exp.Expression]:
    """The conditions by the names of their columns; NULL is false there."""
    frame = taking.frame
    types = frame.types
    version = all_of([is_null(column(_WHY)), negated(column(_GONE))])
    is_open = is_null(column(_UNTIL))
    before_next = _before(column(_UNTIL), column(_NEXT))
    goes_on = all_of(
        [
            negated(column("was_gone")),
            any_of([is_null(column("ended")), exp.GTE(this=column("ended"), expression=column(_SINCE))]),
        ]
    )
    unchanged = [
        exp.NullSafeEQ(this=comparable(column(n), types[n]), expression=comparable(column(f"w{n}"), types[n]))
        for n in tracked
    ]
    nulled = [all_of([is_null(column(n)), is_known(column(f"w{n}"))]) for n in frame.names]
    differs = exp.NEQ(this=column(_FLAG), expression=exp.Paren(this=own(is_open)))
    told = {
        **{fault: exp.EQ(this=column(_WHY), expression=text(reason)) for fault, reason in _BY_REASON.items()},
        Fault.GAP: all_of([version, before_next, negated(column("next_gone"))]),
        Fault.HAIRLINE: all_of([version, _thin(taking), negated(column("next_gone"))]),
        Fault.REPEATED: all_of([version, goes_on, *unchanged]),
        Fault.OVERLAP: all_of(
            [version, is_known(column(_NEXT)), any_of([is_open, _before(column(_NEXT), column(_UNTIL))])]
        ),
        Fault.SEVERAL_CURRENT: all_of([version, is_open, _more("open")]),
        Fault.FLAG: all_of([version, differs]),
        Fault.FUTURE_END: _future(taking, version, now),
        Fault.LOST_NULL: all_of([version, goes_on, any_of(nulled)]) if taking.dimension.ignore_nulls else exp.false(),
        Fault.TIED: column("tied"),
    }
    meets = all_of([version, exp.EQ(this=column(_UNTIL), expression=column(_NEXT))])
    return {**{_flag(fault): condition for fault, condition in told.items()}, _MEETS: meets}


def _flag(fault: Fault) -> str:
    return f"is_{fault.value}"


_MEETS = "meets"
_BY_REASON: Mapping[Fault, str] = {
    Fault.DUPLICATE: AGAIN,
    Fault.EMPTY: EMPTY_VERSION,
    Fault.BACKWARD: BACKWARD_VERSION,
    Fault.SAME_START: SAME_START,
    Fault.NULL_KEY: NO_KEY,
    Fault.NULL_START: NO_SEQUENCE,
}


def _thin(taking: Taking) -> exp.Expression:
    """Whether what lies before the next version is no more than stands between two ends written as last moments."""
    if taking.intervals.inclusive:
        return exp.false()
    if taking.old[taking.intervals.valid_to] in TIMED:
        return _hairline()
    if taking.old[taking.intervals.valid_to] != "date":
        return exp.false()
    next_day = cast(_later(column(_UNTIL), _DAY), taking.start_type)
    return exp.EQ(this=next_day, expression=column(_NEXT))


def _future(taking: Taking, version: exp.Expression, now: str) -> exp.Expression:
    if taking.start_type not in ("date", *TIMED):
        return exp.false()
    moment = cast(text(now[:10]), "date") if taking.start_type == "date" else cast(text(now), "timestamp")
    return all_of([version, _before(_as(moment, "timestamp", taking.start_type), column(_UNTIL))])


def counts_query() -> exp.Query:
    """One row: how many rows there are, how many of these say that there is none of a key, how many versions end with
    an event, how many end where the next begins, and how many rows each fault concerns."""
    gone = all_of([is_null(column(_WHY)), column(_GONE)])
    told = [
        count(),
        *map(how_many, (gone, _ends(), column(_MEETS))),
        *(how_many(column(_flag(fault))) for fault in Fault),
    ]
    values = [named(value, f"n{i}") for i, value in enumerate(told)]
    return exp.Select(expressions=values).from_(table(JUDGED), copy=False)


def keys_count_query(taking: Taking) -> exp.Query:
    """How many keys there are that are whole."""
    keys = exp.Select(expressions=[*map(column, taking.frame.keys)]).from_(table(JUDGED), copy=False)
    keys.where(all_of([is_known(column(k)) for k in taking.frame.keys]), copy=False).distinct(copy=False)
    return exp.Select(expressions=[count()]).from_(subquery(keys, "k"), copy=False)


def faulty_keys_query(taking: Taking, fault: Fault, limit: int) -> exp.Query:
    """Some keys that a fault concerns, as texts."""
    frame = taking.frame
    types = frame.types
    keys = exp.Select(expressions=[named(as_text(column(k), types[k]), k) for k in frame.keys])
    keys.from_(table(JUDGED), copy=False).where(column(_flag(fault)), copy=False).distinct(copy=False)
    told = select(frame.keys, keys).order_by(*map(column, frame.keys), copy=False)
    return told.limit(limit, copy=False)


def told_events_query(taking: Taking) -> exp.Query:
    """The events that the rows of `judged` tell, in the columns of events: an upsert where a version begins, a delete
    where one ends and none begins, and rows that count for nothing with the reason."""
    frame, dimension = taking.frame, taking.dimension
    names = frame.places
    needed = {*dimension.keys, *dimension.order, *dimension.scope}
    first = dimension.sequence[0]
    is_delete = all_of([column(_GONE), is_null(column(_WHY))])
    rows, ends = [], []
    for c in taking.columns:
        if c.name not in names:
            own = {OPERATION: case((column(_GONE), text(DELETE)), otherwise=text(UPSERT)), REASON: column(_WHY)}
            fixed = {OPERATION: text(DELETE), REASON: null("string")}
            generation = cast(literal_number(0), "int")
            rows.append(named(generation if c.name == GENERATION else own[c.name], c.name))
            ends.append(named(generation.copy() if c.name == GENERATION else fixed[c.name], c.name))
            continue
        value: exp.Expression = column(_SINCE) if c.name == first else column(names[c.name])
        rows.append(named(value if c.name in needed else case((negated(is_delete), value)), c.name))
        end = column(_UNTIL) if c.name == first else value if c.name in needed else null(c.type)
        ends.append(named(end, c.name))
    counted = exp.Select(expressions=rows).from_(table(JUDGED), copy=False)
    counted.where(any_of([is_null(column(_WHY)), exp.NEQ(this=column(_WHY), expression=text(AGAIN))]), copy=False)
    ending = exp.Select(expressions=ends).from_(table(JUDGED), copy=False).where(_ends(), copy=False)
    return union_all([counted, ending])


def _ends() -> exp.Expression:
    """Whether a version ends where no other row of its key begins, and before the next does."""
    return all_of(
        [
            is_null(column(_WHY)),
            negated(column(_GONE)),
            is_known(column(_UNTIL)),
            any_of([is_null(column(_NEXT)), _before(column(_UNTIL), column(_NEXT))]),
        ]
    )


def clashing_events_query(dimension: Dimension) -> exp.Query:
    """How many events of `made` are of a key and a moment of which another was adopted before, in `events`: they say
    something else, where `made` has none that is there."""
    place = [*dimension.keys, dimension.sequence[0]]
    same = [exp.NullSafeEQ(this=column(c, "m"), expression=column(c, "e")) for c in place]
    adopted = [
        exp.EQ(this=column(GENERATION, "e"), expression=literal_number(0)),
        is_null(column(REASON, "e")),
        is_null(column(REASON, "m")),
    ]
    rows = exp.Select(expressions=[count()]).from_(table(MADE, "m"), copy=False)
    return rows.join(table(EVENTS, "e"), on=all_of([*same, *adopted]), copy=False)


def _all(source: str, names: Sequence[str]) -> exp.Select:
    return exp.Select(expressions=[*map(column, names)]).from_(table(source), copy=False)


def _number(by: Sequence[exp.Expression], order: Sequence[exp.Ordered]) -> exp.Window:
    return exp.Window(
        this=exp.RowNumber(), partition_by=[b.copy() for b in by], order=exp.Order(expressions=list(order))
    )


def _up(value: exp.Expression) -> exp.Ordered:
    return exp.Ordered(this=value, desc=False, nulls_first=True)


def _down(value: exp.Expression) -> exp.Ordered:
    return exp.Ordered(this=value, desc=True, nulls_first=True)


def _before(first: exp.Expression, second: exp.Expression) -> exp.Expression:
    return exp.LT(this=first, expression=second)


def _more(number: str | exp.Expression) -> exp.Expression:
    return exp.GT(this=column(number) if isinstance(number, str) else number, expression=literal_number(1))
