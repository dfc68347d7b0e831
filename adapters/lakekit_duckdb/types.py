"""DuckDB's types as Spark DDL."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

_FLAT = {
    "boolean": "boolean",
    "tinyint": "byte",
    "smallint": "short",
    "integer": "int",
    "bigint": "long",
    "utinyint": "short",
    "usmallint": "int",
    "uinteger": "long",
    "ubigint": "decimal(20,0)",
    "float": "float",
    "double": "double",
    "blob": "binary",
    "date": "date",
    "timestamp": "timestamp_ntz",
    "timestamp with time zone": "timestamp",
}
_OTHER_IN_DUCKDB = ("utinyint", "usmallint", "uinteger", "ubigint")


def ddl(type_: DuckDBPyType) -> str:
    """The Spark DDL type, in lower case without blanks. Types that Spark lacks are strings, unsigned integers the next
    wider type; nanoseconds are strings too, as no timestamp here holds them."""
    if type_.id == "decimal":
        (_, precision), (_, scale) = type_.children
        return f"decimal({precision},{scale})"
    if type_.id in {"list", "array"}:
        return f"array<{ddl(_child(type_, 0))}>"
    if type_.id == "map":
        return f"map<{ddl(_child(type_, 0))},{ddl(_child(type_, 1))}>"
    if type_.id == "struct":
        return f"struct<{','.join(f'{field}:{ddl(_child(type_, i))}' for i, (field, _) in enumerate(type_.children))}>"
    return _FLAT.get(type_.id, "string")


def differs(type_: DuckDBPyType) -> bool:
    """Whether a column, or a part of a nested one, must be cast to be of the type that `ddl` tells."""
    if type_.id in {"list", "map", "struct"}:
        return any(differs(_child(type_, i)) for i, _ in enumerate(type_.children))
    told = ddl(type_)
    return type_.id in ("array", *_OTHER_IN_DUCKDB) or (told == "string" and str(type_) != "VARCHAR")


def _child(type_: DuckDBPyType, index: int) -> DuckDBPyType:
    return cast("DuckDBPyType", type_.children[index][1])
