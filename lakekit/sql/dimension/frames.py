"""Windows over the events of each key."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.sql.tree import column, literal_number, own


def ordering(columns: Sequence[str], *, descending: bool = False) -> exp.Order:
    """By these columns; no value comes before every value."""
    told = (exp.Ordered(this=column(c), desc=descending, nulls_first=not descending) for c in columns)
    return exp.Order(expressions=list(told))


def over(
    value: exp.Expression,
    by: Sequence[str],
    order: Sequence[str] = (),
    *,
    frame: tuple[str, str] | None = None,
    descending: bool = False,
) -> exp.Window:
    """`value` over the rows with the same values in `by`, in order; `frame` says which rows, as ("UNBOUNDED",
    "CURRENT ROW")."""
    spec = None
    if frame:
        start, end = frame
        spec = exp.WindowSpec(
            kind="ROWS",
            start=start,
            start_side="PRECEDING" if start == "UNBOUNDED" else None,
            end=end,
            end_side="FOLLOWING" if end == "UNBOUNDED" else None,
        )
    return exp.Window(
        this=own(value),
        partition_by=[column(c) for c in by],
        order=ordering(order, descending=descending) if order else None,
        spec=spec,
    )


def before(name: str, by: Sequence[str], order: Sequence[str]) -> exp.Window:
    """What a column has in the row before."""
    return over(exp.Lag(this=column(name), offset=literal_number(1)), by, order)


def after(name: str, by: Sequence[str], order: Sequence[str]) -> exp.Window:
    """What a column has in the row that follows."""
    return over(exp.Lead(this=column(name), offset=literal_number(1)), by, order)
