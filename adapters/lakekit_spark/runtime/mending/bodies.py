"""Queries and DataFrames on Sail: what would have another result than on Spark is written otherwise, or refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from lakekit.domain.errors import UnsupportedCapability
from lakekit.ports.runtime import Capability
from lakekit.sql.query.quotes import with_quotes
from lakekit_spark.runtime.failures import unsupported
from lakekit_spark.runtime.mending.alike import alike_in_plan, alike_in_query
from lakekit_spark.runtime.mending.calls import calls_in_plan, calls_in_query
from lakekit_spark.runtime.mending.clauses import clauses_in_plan, clauses_in_query
from lakekit_spark.runtime.mending.corrupt import asks_for_corrupt_records, query_asks_for_corrupt_records
from lakekit_spark.runtime.mending.frame_overflow import stop
from lakekit_spark.runtime.mending.lacking import lacking_in_query
from lakekit_spark.runtime.mending.otherwise import Call, Other, other
from lakekit_spark.runtime.mending.overflow import stopping
from lakekit_spark.runtime.mending.plans import columns_of, frame_of, plan_of
from lakekit_spark.runtime.mending.texts import Texts
from lakekit_spark.runtime.mending.typed import Tree, Types
from lakekit_spark.runtime.query import Named

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SAIL = "sail"


def mended_query(query: Named, types: Callable[[], Types]) -> Named:
    """The query as Sail is given it; `types` has those of the columns that it reads. Raises UnsupportedCapability, at
    the place, for what cannot be mended."""
    for where, name in lacking_in_query(query.query):
        raise unsupported(_SAIL, name, where)
    return stopping(*_judged(query, types))


def _judged(query: Named, types: Callable[[], Types]) -> tuple[Named, Tree]:
    """The query with its tree, if Sail does with it what Spark does."""
    if where := query_asks_for_corrupt_records(query.query):
        raise unsupported(_SAIL, Capability.CORRUPT_RECORDS.value, where)
    if where := alike_in_query(query.query):
        raise _taken_for_one(where)
    quoted = evolve(query, text=with_quotes(query.text))
    tree = Tree(quoted.text, types)
    for clause in clauses_in_query(quoted, tree):
        raise _means_otherwise(clause.name, clause.other, clause.where)
    for where, call in calls_in_query(quoted, tree):
        _refuse_other(call, where)
    return quoted, tree


def mended_frame(frame: DataFrame) -> DataFrame:
    """As `mended_query`, of what a function of a user returned."""
    plan = plan_of(frame)
    if asks_for_corrupt_records(plan):
        raise unsupported(_SAIL, Capability.CORRUPT_RECORDS.value)
    if alike_in_plan(plan):
        raise _taken_for_one()
    for clause in clauses_in_plan(plan):
        raise _means_otherwise(clause.name, clause.other)
    ask = partial(columns_of, frame.sparkSession)
    Texts(_judged, ask).mend(plan.root)
    for call in calls_in_plan(plan.root, ask):
        _refuse_other(call)
    stop(plan.root, ask)
    return frame_of(plan.root, frame.sparkSession)


def _refuse_other(call: Call, where: str = "") -> None:
    if found := other(call):
        raise _means_otherwise(call.name, found, where)


def _means_otherwise(name: str, other: Other, where: str = "") -> UnsupportedCapability:
    return UnsupportedCapability(
        "runtime.unsupported",
        f"{name} means something else to sail",
        where=where,
        why=f"it {other.what}",
        next=f"{other.instead}, or run it with `engine: spark`",
    )


def _taken_for_one(where: str = "") -> UnsupportedCapability:
    return UnsupportedCapability(
        "runtime.unsupported",
        "sail takes two window functions for one that differ in a cast alone",
        where=where,
        next="cast in a query within, or in another `select`; or run it with `engine: spark`",
    )
