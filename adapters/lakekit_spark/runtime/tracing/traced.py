"""Of which columns of its inputs a function's DataFrame is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from lakekit.domain.lineage import Flow
from lakekit.domain.schema import TableColumn
from lakekit.sql.query.columns import input_relation
from lakekit.sql.query.flow import merged
from lakekit.sql.query.from_clause import Rows
from lakekit.sql.query.scope import Field
from lakekit_spark.runtime.mending.plans import number_of, plan_of
from lakekit_spark.runtime.tracing.catalyst import CatalystPlan
from lakekit_spark.runtime.tracing.catalyst_expressions import read
from lakekit_spark.runtime.tracing.connect import ConnectPlan
from lakekit_spark.runtime.tracing.flows import UNKNOWN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_ALIAS = "lakekit_input_"


@frozen
class Given:
    """An input as a function was given it: the dataset, and the types of its columns by their names."""

    dataset: str
    frame: DataFrame
    columns: Mapping[str, str]

    @property
    def fields(self) -> tuple[Field, ...]:
        return input_relation(self.dataset, [TableColumn(*told) for told in self.columns.items()]).fields


def marked(frame: DataFrame, number: int) -> DataFrame:
    """An input so that it can be told from others in a plan, by its number among them."""
    return frame.alias(f"{_ALIAS}{number}")


def flows(rows: DataFrame, given: Sequence[Given], names: Sequence[str]) -> Mapping[str, Flow]:
    """Of each column of `rows`, whose `names` these are, which columns of the frames that were `marked`."""
    try:
        traced = _traced(rows, given)
    except Exception:  # noqa: BLE001  # a plan may have what is not known here, and is good to be run all the same
        traced = UNKNOWN
    fields = traced.scope.visible
    if traced.scope.open or len(fields) != len(names) or not all(map(_may_be, fields, names)):
        return dict.fromkeys(names)
    return {name: merged(field.flow, traced.shape) for name, field in zip(names, fields, strict=True)}


def _may_be(field: Field, name: str) -> bool:
    """Whether a field may be the column of a name: names are numbers on Spark, and may be of Spark's making."""
    return field.name.startswith("#") or not field.named or field.name.lower() == name.lower()


def _traced(rows: DataFrame, given: Sequence[Given]) -> Rows:
    told: Any = rows
    if hasattr(told, "_jdf"):
        plan = json.loads(told._jdf.queryExecution().analyzed().toJSON())  # noqa: SLF001  # public is only its text
        return CatalystPlan({f"{_ALIAS}{n}": each.fields for n, each in enumerate(given)}).rows(read(plan))
    return ConnectPlan({number_of(each.frame): each.fields for each in given}).rows(plan_of(rows).root)
