"""A table as lakekit may use it: loaded by delta-rs, with nothing about it to damage or to misread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lakekit.domain.errors import TableError
from lakekit.domain.table_options import Definition
from lakekit.ports.storage import Stat
from lakekit.ports.table_store import Snapshot
from lakekit_delta.columns import table_columns
from lakekit_delta.driver import load, reading, unsupported
from lakekit_delta.features import CONSTRAINT, constraints, obstacles
from lakekit_delta.log import Log
from lakekit_delta.place import Place

if TYPE_CHECKING:
    from deltalake import DeltaTable


def newest(folder: Place) -> DeltaTable | None:
    """The table as it is now, None when there is none. Raises TableError for one to keep hands off."""
    with reading(folder):
        begun = Log(folder).listing().begun
    return checked(folder, load(folder)) if begun else None


def checked(folder: Place, table: DeltaTable) -> DeltaTable:
    """The loaded table. Raises TableError for one to keep hands off."""
    commit_of(folder, table)
    return table


def commit_of(folder: Place, table: DeltaTable) -> Stat | None:
    """The commit of the loaded table's version, where the log still holds it. Raises TableError for a table to keep
    hands off."""
    found = _commit(folder, table.version())
    _refuse_obstacles(folder, table)
    return found


def snapshot_of(table: DeltaTable) -> Snapshot:
    """What the port tells of a loaded table."""
    metadata = table.metadata()
    columns = table_columns(json.loads(table.schema().to_json()))
    properties = metadata.configuration
    definition = Definition(
        tuple(metadata.partition_columns),
        constraints(properties),
        {name: value for name, value in properties.items() if not name.startswith(CONSTRAINT)},
    )
    return Snapshot(str(metadata.id), table.version(), columns, definition)


def _commit(folder: Place, version: int) -> Stat | None:
    """Refuses a commit of no bytes, which a loss of power leaves, and delta-rs takes for one that says nothing."""
    with reading(folder):
        commit = Log(folder).path(version)
        found = commit.stat()
        if found and not found.size:
            raise TableError(
                "table.corrupt",
                f"the commit of version {version} is empty",
                where=str(commit),
                next="no reader saw its content: remove the file, and run again",
            )
        return found


def _refuse_obstacles(folder: Place, table: DeltaTable) -> None:
    with reading(folder):
        protocol, metadata = table.protocol(), table.metadata()
        found = obstacles(
            (protocol.min_reader_version, protocol.min_writer_version),
            protocol.reader_features or (),
            protocol.writer_features or (),
            metadata.partition_columns,
            metadata.configuration,
            json.loads(table.schema().to_json()),
        )
    if told := ", ".join(found):
        raise unsupported(folder, told)
