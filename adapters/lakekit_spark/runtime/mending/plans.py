"""DataFrames of Spark Connect, and the plans that they send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


def plan_of(frame: DataFrame) -> Any:
    """The message that says what it is."""
    told: Any = frame
    return told._plan.to_proto(told.sparkSession.client)  # noqa: SLF001  # public is only its text


def number_of(frame: DataFrame) -> int:
    """That by which its relation is known in the plans of what is made of it."""
    told: Any = frame
    number: int = told._plan._plan_id  # noqa: SLF001
    return number


def frame_of(relation: Any, session: SparkSession) -> DataFrame:
    """The DataFrame that a relation in a message is."""
    from pyspark.sql.connect.dataframe import DataFrame as Frame
    from pyspark.sql.connect.plan import LogicalPlan

    class Told(LogicalPlan):  # type: ignore[misc,unused-ignore]
        def plan(self, session: Any) -> Any:  # noqa: ARG002  # pyspark's
            return relation

    made: DataFrame = Frame(Told(None), session)  # type: ignore[arg-type,unused-ignore]
    return made


def schema_of(frame: DataFrame) -> StructType:
    """The columns that Sail makes, told by making no row of them. What Sail 0.7.2 tells of them before is what they
    would be if each CASE were of the type of its first branch, and each UNION of that of its first query."""
    client: Any = frame.sparkSession.client
    told: StructType = client.to_table(plan_of(frame.limit(0)), {})[1]
    return told


def columns_of(session: SparkSession, relation: Any) -> list[tuple[str, str]]:
    """Their names and types."""
    fields = schema_of(frame_of(relation, session)).fields
    return [(field.name, field.dataType.simpleString()) for field in fields]
