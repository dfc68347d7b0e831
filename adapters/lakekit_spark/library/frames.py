"""Queries over DataFrames in the session that they belong to, which is the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from lakekit.domain.errors import EngineError
from lakekit_spark.dialect import SAIL, SPARK, sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_UTC = ("UTC", "Etc/UTC")
_NEEDED = {
    "spark.sql.session.timeZone": _UTC,
    "spark.sql.timestampType": ("TIMESTAMP_LTZ",),
    "spark.sql.ansi.enabled": ("true",),
    "spark.sql.legacy.timeParserPolicy": ("CORRECTED",),
    "spark.sql.mapKeyDedupPolicy": ("EXCEPTION",),
    "spark.sql.parser.escapedStringLiterals": ("false",),
    "spark.sql.ansi.doubleQuotedIdentifiers": ("false",),
}
"""Of the settings in `lakekit_spark.pinned` those that the meaning of a query over DataFrames depends on."""
_SUBSTITUTE = {"spark.sql.variable.substitute": ("false",)}


def query(session: SparkSession, tree: exp.Query, frames: Mapping[str, DataFrame]) -> DataFrame:
    """The rows of a query whose tables are `frames`. Nothing runs, and no view stays in the session.

    Raises EngineError for a session in which the query would mean something else: its settings are the user's, and
    are not touched.
    """
    text = sql(_braced(tree), {name: f"{{{name}}}" for name in frames}, SAIL if _on_sail(session) else SPARK)
    _check(session, {**_NEEDED, **(_SUBSTITUTE if "${" in text else {})})
    return session.sql(text, **frames)


def _braced(tree: exp.Query) -> exp.Query:
    """With each brace twice: one alone is where PySpark puts a DataFrame."""
    tree = tree.copy()
    for node in tree.find_all(exp.Literal, exp.Identifier):
        node.set("this", node.name.replace("{", "{{").replace("}", "}}"))
    return tree


def _on_sail(session: SparkSession) -> bool:
    """By what tells them apart in our queries: the dot of Java's expressions is no carriage return."""
    return bool(session.sql(r"SELECT '\r' RLIKE '.' AS dot").collect()[0][0])


def _check(session: SparkSession, needed: Mapping[str, tuple[str, ...]]) -> None:
    for name, allowed in needed.items():
        found = session.conf.get(name)
        if found not in allowed:
            raise EngineError(
                "library.session_setting",
                "values would be read otherwise in this session than everywhere else",
                where=f"{name} is {found}",
                why="lakekit reads time as UTC, and stops at what overflows, on every engine",
                next=f'spark.conf.set("{name}", "{allowed[0]}")',
            )
