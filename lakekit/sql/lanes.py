"""The contract pass: landed rows into lanes."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.contract import Contract
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.sql.evaluation import evaluate, judge
from lakekit.sql.landing import FILE, PLACE, Group, Slice, slices
from lakekit.sql.partitions import LANE, values
from lakekit.sql.tree import (
    case,
    cast,
    column,
    concat,
    is_known,
    name,
    named,
    subquery,
    table,
    text,
    union_all,
)

__all__ = ["ACCEPTED", "DUPLICATE", "DUPLICATES", "LANE", "REJECTED", "Group", "Stamp", "lanes_query"]

ACCEPTED, REJECTED, DUPLICATE = "accepted", "rejected", "duplicate"
DUPLICATES = "duplicates"
"""The name of the table of duplicate rows: `_file` as in the group's parts, `_row` the place in it, from 0."""


@frozen
class Stamp:
    """What every row of a batch says of it: `ingest_ts` is an ISO timestamp in UTC, `run_date` an ISO date."""

    ingest_ts: str
    batch_id: int
    run_date: str

    def columns(self, source: exp.Expression) -> list[exp.Expression]:
        """The four columns that end a bronze row."""
        return [*self.before_source(), named(source, "_source"), self.date()]

    def before_source(self) -> list[exp.Expression]:
        at, number = cast(text(self.ingest_ts), "timestamp"), cast(exp.Literal.number(self.batch_id), "long")
        return [named(at, "_ingest_ts"), named(number, "_batch_id")]

    def date(self) -> exp.Expression:
        return named(cast(text(self.run_date), "date"), "_run_date")


def lanes_query(
    contract: Contract,
    cursor: str | None,
    groups: Sequence[Group],
    stamp: Stamp,
    *,
    duplicates: bool = False,
    partitions: Sequence[str] = (),
) -> exp.Query:
    """Every landed row once: the columns of `lakekit.domain.schema.bronze_columns` and its lane, `_lane`.

    A row that fails a rule is `rejected`, and carries evidence in `_extra` (lakekit.sql.evidence); one that the table
    `duplicates` names, where the argument says that there is one, is a `duplicate`; others are `accepted`. Reads the
    tables that the groups name; there must be a group. With `partitions`, columns of a bronze row, accepted rows have a
    lane for each combination of their values: `accepted-` and its text.
    """
    lanes = union_all([_lanes(contract, cursor, s, stamp, duplicates) for s in slices(groups)])
    return _split(lanes, bronze_columns(contract), partitions) if partitions else lanes


def is_accepted(lane: str) -> bool:
    """Whether a lane, as `lanes_query` names it, is one of accepted rows."""
    return lane.partition("-")[0] == ACCEPTED


def _split(lanes: exp.Query, columns: Sequence[TableColumn], partitions: Sequence[str]) -> exp.Select:
    accepted = exp.EQ(this=column(LANE), expression=text(ACCEPTED))
    lane = case((accepted, concat(text(f"{ACCEPTED}-"), values(columns, partitions))))
    lane.set("default", column(LANE))
    told = [*(column(c.name) for c in columns), named(lane, LANE)]
    return exp.Select(expressions=told).from_(subquery(lanes, "lanes"), copy=False)


def _lanes(contract: Contract, cursor: str | None, slice_: Slice, stamp: Stamp, duplicates: bool) -> exp.Select:
    landed = _marked(slice_.rows()) if duplicates else slice_.rows()
    judged = judge(contract, cursor, evaluate(slice_, contract.columns, landed))
    bad, repeated = (column("bad"), text(REJECTED)), (column("repeated"), text(DUPLICATE))
    lane = case(bad, *([repeated] if duplicates else []), otherwise=text(ACCEPTED))
    extra = case((column("bad"), judged.evidence), otherwise=judged.evaluation.extra)
    return exp.Select(
        expressions=[
            *judged.evaluation.typed,
            named(extra, "_extra"),
            *stamp.columns(slice_.source),
            named(lane, LANE),
        ]
    ).from_(subquery(judged.rows, "r"), copy=False)


def _marked(landed: exp.Select) -> exp.Select:
    """The rows, with `repeated` for those that the table of duplicates names."""
    rows = subquery(landed, "l")
    same = exp.And(
        this=exp.EQ(this=column(FILE, "l"), expression=column(FILE, "d")),
        expression=exp.EQ(this=column(PLACE, "l"), expression=column("_row", "d")),
    )
    marked = exp.Select(
        expressions=[exp.Column(this=exp.Star(), table=name("l")), named(is_known(column("_row", "d")), "repeated")]
    )
    return marked.from_(rows, copy=False).join(table(DUPLICATES, "d"), on=same, join_type="left", copy=False)
