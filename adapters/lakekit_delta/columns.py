"""One column type, two spellings: lakekit's (Spark DDL) and Delta's (JSON)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lakekit.domain.ddl import members, taken_apart
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn

_SAME = ("string", "boolean", "byte", "short", "long", "float", "double", "date", "timestamp", "binary")
_DELTA = {**{name: name for name in (*_SAME, "timestamp_ntz")}, "int": "integer"}
_SPARK = {delta: spark for spark, delta in _DELTA.items()}
_DECIMAL = re.compile(r"decimal\(\d{1,2},\d{1,2}\)")


def delta_schema(columns: Sequence[TableColumn]) -> dict[str, Any]:
    """The Delta schema of these columns, all of them nullable."""
    return {"type": "struct", "fields": [_field(c.name, delta_type(c.type)) for c in columns]}


def table_columns(schema: Mapping[str, Any]) -> tuple[TableColumn, ...]:
    """The columns of a Delta schema. A type that lakekit has no word for raises TableError."""
    return tuple(TableColumn(f["name"], spark_type(f["type"])) for f in schema["fields"])


def delta_type(ddl: str) -> str | dict[str, Any]:
    """A Spark DDL type as it stands in a Delta schema. Raises TableError for what is no such type."""
    head, parts = taken_apart(ddl)
    if not parts and (ddl in _DELTA or _DECIMAL.fullmatch(ddl)):
        return _DELTA.get(ddl, ddl)
    if head == "array" and len(parts) == 1:
        return {"type": "array", "elementType": delta_type(parts[0]), "containsNull": True}
    if head == "map" and len(parts) == 2:
        key, value = map(delta_type, parts)
        return {"type": "map", "keyType": key, "valueType": value, "valueContainsNull": True}
    if head == "struct" and parts and all(":" in part for part in parts):
        return {"type": "struct", "fields": [_field(name, delta_type(inner)) for name, inner in members(ddl)]}
    raise TableError("table.unknown_type", f"a Delta table has no column type {ddl!r}")


def spark_type(delta: Any) -> str:
    """A type of a Delta schema in Spark DDL. Raises TableError for a type that lakekit has no word for."""
    if isinstance(delta, str) and (delta in _SPARK or _DECIMAL.fullmatch(delta)):
        return _SPARK.get(delta, delta)
    kind = delta.get("type") if isinstance(delta, dict) else None
    if kind == "array":
        return f"array<{spark_type(delta['elementType'])}>"
    if kind == "map":
        return f"map<{spark_type(delta['keyType'])},{spark_type(delta['valueType'])}>"
    if kind == "struct":
        return f"struct<{','.join(f['name'] + ':' + spark_type(f['type']) for f in delta['fields'])}>"
    raise TableError("table.unsupported_feature", f"lakekit has no column type {kind or delta}")


def _field(name: str, type_: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": type_, "nullable": True, "metadata": {}}
