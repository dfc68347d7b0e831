"""The versions of a table that others kept, judged: each row beside its neighbours of the same key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.domain.adoption import BACKWARD_VERSION, EMPTY_VERSION, SAME_START, Fault
from lakekit.domain.dimension import NO_KEY, NO_SEQUENCE
from lakekit.sql.comparable import comparable
from lakekit.sql.dimension.frames import after, before, over
from lakekit.sql.dimension.states import Frame, select
from lakekit.sql.dimension.taking import DAY, FLAG, GONE, READ, SINCE, TIMED, UNTIL, Taking, later, turned
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    cast,
    coalesce,
    column,
    count,
    is_known,
    is_null,
    literal_number,
    named,
    negated,
    null,
    own,
    table,
    text,
)

JUDGED = "judged"
"""The table of judged rows, in which the columns of events are c0, c1, … as in `read`."""

WHY, NEXT, MEETS = "why", "following", "meets"
"""Of a judged row, beside what it was read with: why it counts for nothing, when the next of its key begins, and
whether it ends just there."""

AGAIN = "again"
"""The reason of rows that say what another says."""

_SECOND = "SECOND"
_BY_REASON: Mapping[Fault, str] = {
    Fault.DUPLICATE: AGAIN,
    Fault.EMPTY: EMPTY_VERSION,
    Fault.BACKWARD: BACKWARD_VERSION,
    Fault.SAME_START: SAME_START,
    Fault.NULL_KEY: NO_KEY,
    Fault.NULL_START: NO_SEQUENCE,
}


def judged_query(taking: Taking, now: str) -> exp.Query:
    """Each row of `read`, with WHY, NEXT, MEETS and a flag for each fault. `now` is a moment as an ISO text."""
    frame = taking.frame
    carried = [*frame.names, SINCE, UNTIL, GONE, FLAG]
    types = frame.types
    same = [comparable(column(n), types[n]) if n in types else column(n) for n in carried if n != FLAG]
    numbered = select(carried, _all(READ, carried), named(_number(same, [_down(column(FLAG))]), "n"))
    reasoned = select(carried, numbered, named(_reason(frame), WHY))
    place = [*frame.keys, SINCE, WHY]
    first = [_up(column(GONE)), _down(column(UNTIL))]  # no end comes before any
    alike = over(count(), [*place, GONE, UNTIL])
    ranked = select(
        [*carried, WHY],
        reasoned,
        named(_number([column(c) for c in place], first), "place"),
        named(alike, "alike"),
    )
    second = all_of([is_null(column(WHY)), _more(column("place"))])
    tied = all_of([is_null(column(WHY)), exp.EQ(this=column("place"), expression=literal_number(1)), _more("alike")])
    placed = select(
        carried, ranked, named(case((second, text(SAME_START)), otherwise=column(WHY)), WHY), named(tied, "tied")
    )
    return _beside(taking, [*carried, WHY], placed, now)


def _beside(taking: Taking, carried: Sequence[str], placed: exp.Query, now: str) -> exp.Query:
    frame = taking.frame
    by = [*frame.keys, WHY]
    tracked = frame.tracked
    followed = select(
        [*carried, "tied"],
        placed,
        named(after(SINCE, by, [SINCE]), NEXT),
        named(after(GONE, by, [SINCE]), "next_gone"),
    )
    if taking.intervals.inclusive:
        closed = case((_hairline(), column(NEXT)), otherwise=column(UNTIL))
        rest = [n for n in (*carried, "tied", NEXT, "next_gone") if n != UNTIL]
        followed = select(rest, followed, named(closed, UNTIL))
    open_ = all_of([is_null(column(UNTIL)), negated(column(GONE))])
    one = case((open_, literal_number(1)), otherwise=literal_number(0))
    neighbours = select(
        [*carried, "tied", NEXT, "next_gone"],
        followed,
        named(before(UNTIL, by, [SINCE]), "ended"),
        named(before(GONE, by, [SINCE]), "was_gone"),
        named(over(exp.Sum(this=one), by, [SINCE], frame=("UNBOUNDED", "CURRENT ROW")), "open"),
        *(named(before(n, by, [SINCE]), f"w{n}") for n in frame.names),
    )
    flags = _flags(taking, tracked, now)
    return select([*carried, NEXT], neighbours, *(named(coalesce(c, exp.false()), f) for f, c in flags.items()))


def _hairline() -> exp.Expression:
    """Whether a moment ends within a second before the next version begins."""
    reached = exp.GTE(this=later(column(UNTIL), _SECOND), expression=column(NEXT))
    return all_of([precedes(column(UNTIL), column(NEXT)), reached])


def _reason(frame: Frame) -> exp.Expression:
    no_key = any_of([is_null(column(k)) for k in frame.keys])
    version = negated(column(GONE))
    return case(
        (_more("n"), text(AGAIN)),
        (no_key, text(NO_KEY)),
        (is_null(column(SINCE)), text(NO_SEQUENCE)),
        (all_of([version, exp.EQ(this=column(UNTIL), expression=column(SINCE))]), text(EMPTY_VERSION)),
        (all_of([version, precedes(column(UNTIL), column(SINCE))]), text(BACKWARD_VERSION)),
        otherwise=null("string"),
    )


def _flags(taking: Taking, tracked: Sequence[str], now: str) -> Mapping[str, exp.Expression]:
    """The conditions by the names of their columns; NULL is false there."""
    frame = taking.frame
    types = frame.types
    version = all_of([is_null(column(WHY)), negated(column(GONE))])
    is_open = is_null(column(UNTIL))
    before_next = precedes(column(UNTIL), column(NEXT))
    goes_on = all_of(
        [
            negated(column("was_gone")),
            any_of([is_null(column("ended")), exp.GTE(this=column("ended"), expression=column(SINCE))]),
        ]
    )
    unchanged = [
        exp.NullSafeEQ(this=comparable(column(n), types[n]), expression=comparable(column(f"w{n}"), types[n]))
        for n in tracked
    ]
    nulled = [all_of([is_null(column(n)), is_known(column(f"w{n}"))]) for n in frame.names]
    differs = exp.NEQ(this=column(FLAG), expression=exp.Paren(this=own(is_open)))
    told = {
        **{fault: exp.EQ(this=column(WHY), expression=text(reason)) for fault, reason in _BY_REASON.items()},
        Fault.GAP: all_of([version, before_next, negated(column("next_gone"))]),
        Fault.HAIRLINE: all_of([version, _thin(taking), negated(column("next_gone"))]),
        Fault.REPEATED: all_of([version, goes_on, *unchanged]),
        Fault.OVERLAP: all_of(
            [version, is_known(column(NEXT)), any_of([is_open, precedes(column(NEXT), column(UNTIL))])]
        ),
        Fault.SEVERAL_CURRENT: all_of([version, is_open, _more("open")]),
        Fault.FLAG: all_of([version, differs]),
        Fault.FUTURE_END: _future(taking, version, now),
        Fault.LOST_NULL: all_of([version, goes_on, any_of(nulled)]) if taking.dimension.ignore_nulls else exp.false(),
        Fault.TIED: column("tied"),
    }
    meets = all_of([version, exp.EQ(this=column(UNTIL), expression=column(NEXT))])
    return {**{flag_of(fault): condition for fault, condition in told.items()}, MEETS: meets}


def flag_of(fault: Fault) -> str:
    """The column that says whether a fault concerns the row."""
    return f"is_{fault.value}"


def _thin(taking: Taking) -> exp.Expression:
    """Whether what lies before the next version is no more than stands between two ends written as last moments."""
    if taking.intervals.inclusive:
        return exp.false()
    if taking.old[taking.intervals.valid_to] in TIMED:
        return _hairline()
    if taking.old[taking.intervals.valid_to] != "date":
        return exp.false()
    next_day = cast(later(column(UNTIL), DAY), taking.start_type)
    return exp.EQ(this=next_day, expression=column(NEXT))


def _future(taking: Taking, version: exp.Expression, now: str) -> exp.Expression:
    if taking.start_type not in ("date", *TIMED):
        return exp.false()
    moment = cast(text(now[:10]), "date") if taking.start_type == "date" else cast(text(now), "timestamp")
    return all_of([version, precedes(turned(moment, "timestamp", taking.start_type), column(UNTIL))])


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


def precedes(first: exp.Expression, second: exp.Expression) -> exp.Expression:
    """Whether one moment is before another."""
    return exp.LT(this=first, expression=second)


def _more(number: str | exp.Expression) -> exp.Expression:
    return exp.GT(this=column(number) if isinstance(number, str) else number, expression=literal_number(1))
