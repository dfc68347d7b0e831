"""Making a table, and adding columns to one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from lakekit.domain.errors import LakekitError, TableError
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import Definition
from lakekit_delta.columns import delta_schema
from lakekit_delta.driver import hooks, options, writing
from lakekit_delta.features import CONSTRAINT
from lakekit_delta.place import Place
from lakekit_delta.tables import newest, snapshot_of

if TYPE_CHECKING:
    from deltalake import DeltaTable

_ATTEMPTS = 20

_PROPERTIES = {"delta.checkpointInterval": "10"}
"""Delta's own default. With delta-rs's, which is 100, readers parse up to 99 commits with lakekit's notes."""

_CONSTRAINED = {"delta.minWriterVersion": "3"}
"""The first version whose writers keep constraints (PROTOCOL.md, Requirements for Writers); delta-rs raises it for a
feed of changes by itself, not for constraints."""


def define(folder: Place, columns: Sequence[TableColumn], definition: Definition) -> None:
    """Make the table as defined, or give it the columns that it lacks, while others do the same or commit."""
    _refuse_twins(folder, [c.name for c in columns])
    for _ in range(_ATTEMPTS):
        table = newest(folder)
        if table is None:
            done = _unless_overtaken(folder, -1, partial(_create, folder, columns, definition))
        else:
            missing = _missing(folder, snapshot_of(table).columns, columns)
            done = not missing or _unless_overtaken(folder, table.version(), partial(_extend, table, missing))
        if done:
            return
    told = f"{_ATTEMPTS} times another writer was faster"
    raise TableError("table.busy", told, where=str(folder), next="run again")


def _unless_overtaken(folder: Place, version: int, write: Callable[[], None]) -> bool:
    """Do it; False when it failed because someone else has moved the table beyond `version`."""
    try:
        with writing(folder):
            write()
    except LakekitError:
        table = newest(folder)
        if table is None or table.version() <= version:
            raise
        return False
    return True


def properties_of(definition: Definition) -> dict[str, str]:
    """The properties of a table as Delta keeps them, constraints among them."""
    told = {**definition.properties, **{f"{CONSTRAINT}{name}": text for name, text in definition.constraints.items()}}
    return {**told, **(_CONSTRAINED if definition.constraints else {})}


def _create(folder: Place, columns: Sequence[TableColumn], definition: Definition) -> None:
    from deltalake import CommitProperties, DeltaTable, Schema

    DeltaTable.create(
        str(folder),
        Schema.from_json(json.dumps(delta_schema(columns))),
        partition_by=list(definition.partitions),
        configuration={**_PROPERTIES, **properties_of(definition)},
        raise_if_key_not_exists=False,  # it does not know constraints, and would tell them in a dialect of its own
        storage_options=options(folder),
        # With retries, the loser of a race commits its CREATE as version 1: a new table over the winner's.
        commit_properties=CommitProperties(max_commit_retries=0),
        post_commithook_properties=hooks(),
    )


def _extend(table: DeltaTable, columns: Sequence[TableColumn]) -> None:
    from deltalake import CommitProperties, Schema

    fields = Schema.from_json(json.dumps(delta_schema(columns))).fields
    once = CommitProperties(max_commit_retries=0)
    table.alter.add_columns(fields, commit_properties=once, post_commithook_properties=hooks())


def _missing(folder: Place, has: Sequence[TableColumn], wanted: Sequence[TableColumn]) -> list[TableColumn]:
    types = {c.name: c.type for c in has}
    for column in wanted:
        if types.get(column.name, column.type) != column.type:
            raise TableError(
                "table.type_mismatch",
                f"column {column.name} is {types[column.name]} in the table, not {column.type}",
                where=str(folder),
                next="change the contract back, or rebuild the table with the new type",
            )
    missing = [c for c in wanted if c.name not in types]
    _refuse_twins(folder, [*types, *(c.name for c in missing)])
    return missing


def _refuse_twins(folder: Place, names: Sequence[str]) -> None:
    """Delta's columns differ in more than their case: readers such as Spark see two such as one."""
    seen: dict[str, str] = {}
    for name in names:
        if (twin := seen.setdefault(name.lower(), name)) != name or names.count(name) > 1:
            raise TableError(
                "table.column_twice",
                f"the columns {twin} and {name} differ in nothing but their case",
                where=str(folder),
                next="give one of them another name in the contract",
            )
