"""What rows are asked to be: a contract, or the one that a StructType stands for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from attrs import evolve

from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import ConfigError
from lakekit.domain.names import column_problem
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.types import parse_type
from lakekit_spark.types import ddl

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

NAME = "struct"
"""What the contract of a StructType is called."""


def wanted(told: Contract | StructType, required: Collection[str]) -> Contract:
    """The contract, in which the columns `required` are required too.

    Raises ConfigError for what is neither a contract nor a StructType that one can be made of, and for a name in
    `required` that it does not have.
    """
    contract = told if isinstance(told, Contract) else _of_struct(told)
    names = {c.name for c in contract.columns}
    if isinstance(required, str) or (unknown := sorted(set(required) - names)):
        name = required if isinstance(required, str) else unknown[0]
        raise _unknown(name, names)
    return evolve(
        contract, columns=tuple(evolve(c, required=c.required or c.name in required) for c in contract.columns)
    )


def _of_struct(struct: StructType) -> Contract:
    """A field that is not nullable is required. NULL alone is no value: a StructType knows no other marker."""
    from pyspark.sql.types import StructType as Struct

    if not isinstance(struct, Struct):
        raise ConfigError(
            "library.no_contract",
            f"{type(struct).__name__} is neither a contract nor a StructType",
            next="read a contract's file with lakekit.project.contracts.read_contract",
        )
    columns = tuple(_column(field) for field in struct.jsonValue()["fields"])
    names = [c.name.casefold() for c in columns]
    if twin := next((c.name for c in columns if names.count(c.name.casefold()) > 1), None):
        raise ConfigError("library.column_twice", f"two columns are called {twin!r}, upper and lower case aside")
    if not columns:
        raise ConfigError("library.no_columns", "the StructType has no columns", next="a row without columns is no row")
    return Contract(NAME, columns)


def _column(field: dict[str, Any]) -> Column:
    name = field["name"]
    try:
        type_ = parse_type(ddl(field["type"]))
    except ValueError as error:
        raise ConfigError(
            "library.unknown_type", "a contract has no such type", where=f"column {name!r}", why=str(error)
        ) from None
    if problem := column_problem(name):
        raise ConfigError("library.column_name", "a contract has no such column", where=f"column {name!r}", why=problem)
    return Column(name, type_, required=not field["nullable"], null_markers=())


def _unknown(name: str, names: Collection[str]) -> ConfigError:
    return ConfigError(
        "library.unknown_column",
        f"there is no column {name!r} that could be required",
        why=f"the contract has {', '.join(sorted(names)[:9])}",
        next=did_you_mean(nearest(name, names)) or "pass the names of columns, as a list",
    )
