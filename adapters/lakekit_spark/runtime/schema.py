"""The columns of a DataFrame, as lakekit tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit_spark.types import SparkType, ddl

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

_FLAT = {
    *("string", "boolean", "byte", "short", "integer", "long", "float", "double"),
    *("date", "timestamp", "timestamp_ntz", "binary"),
}


def table_columns(schema: StructType) -> tuple[TableColumn, ...]:
    """The columns, types in Spark DDL. Raises EngineError for what no table of lakekit can hold."""
    fields = schema.jsonValue()["fields"]
    seen: set[str] = set()
    for field in fields:
        name = field["name"]
        if name.lower() in seen:
            raise EngineError(
                "runtime.same_name",
                f"two columns of the result are called {name!r}, upper and lower case aside",
                next="give one of them another name: `AS ...`",
            )
        seen.add(name.lower())
        if not storable(field["type"]):
            raise EngineError(
                "runtime.unsupported_type",
                f"a table cannot hold the type of column {name!r}",
                why=str(field["type"]) if isinstance(field["type"], str) else "",
                next="cast it, an empty column too: `CAST(NULL AS string)`",
            )
    return tuple(TableColumn(field["name"], ddl(field["type"])) for field in fields)


def storable(type_: SparkType) -> bool:
    """Whether a table can hold values of a type, given in Spark's JSON form."""
    if isinstance(type_, str):
        return type_ in _FLAT or type_.startswith("decimal")
    if type_["type"] == "array":
        return storable(type_["elementType"])
    if type_["type"] == "map":
        return storable(type_["keyType"]) and storable(type_["valueType"])
    return type_["type"] == "struct" and all(storable(field["type"]) for field in type_["fields"])
