"""A table whose files are written anew, for other types of its columns.

delta-rs can neither change a column's type nor write the table feature that would let files of two types be one
column. It can redefine the columns in the commit that replaces all files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lakekit.domain.batch import StagedFile
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import Snapshot
from lakekit_delta import on_top
from lakekit_delta.columns import delta_type
from lakekit_delta.driver import hooks
from lakekit_delta.log import Log
from lakekit_delta.on_top import table_of
from lakekit_delta.place import Place
from lakekit_delta.publisher import add_action, check_files
from lakekit_delta.spelling import refuse_spelling, spelled

if TYPE_CHECKING:
    from deltalake import DeltaTable, Schema


REWRITTEN = "lakekit.rewritten"
"""What such commits say of themselves in `commitInfo`: delta-rs calls the removal of all files a change of rows."""


def rewrite(
    folder: Place, snapshot: Snapshot, columns: Sequence[TableColumn], files: Sequence[StagedFile], note: str | None
) -> int:
    """Commit on top of exactly `snapshot`: the version, which is the one that follows it."""
    table = table_of(folder, snapshot)
    refuse_spelling(folder, spelled(folder, table))
    check_files(folder, table, snapshot.definition.partitions, columns, files)
    return on_top.commit(
        folder,
        snapshot,
        lambda: _write(folder, table, columns, files, note),
        lambda log, version: _is_rewrite(log, version, files, note),
    )


def _write(
    folder: Place, table: DeltaTable, columns: Sequence[TableColumn], files: Sequence[StagedFile], note: str | None
) -> None:
    from deltalake import CommitProperties

    told = {REWRITTEN: "types", **({"userMetadata": note} if note is not None else {})}
    table.create_write_transaction(
        [add_action(folder, file, columns, data_change=False) for file in files],
        "overwrite",
        _schema(table, columns),
        partition_by=table.metadata().partition_columns,
        commit_properties=CommitProperties(custom_metadata=told, max_commit_retries=0),
        post_commithook_properties=hooks(),
    )


def _schema(table: DeltaTable, columns: Sequence[TableColumn]) -> Schema:
    """The table's schema with these types; what else it says of a column stays."""
    from deltalake import Schema

    types = {c.name: delta_type(c.type) for c in columns}
    schema = json.loads(table.schema().to_json())
    fields = [{**field, "type": types[field["name"]]} for field in schema["fields"]]
    return Schema.from_json(json.dumps({**schema, "fields": fields}))


def _is_rewrite(log: Log, version: int, files: Sequence[StagedFile], note: str | None) -> bool | None:
    info = log.info(version)
    if info is None:
        return None
    mode = info.get("operationParameters", {}).get("mode")
    added = {unquote(path) for path in log.added(version)}
    return (mode, info.get("userMetadata"), added) == ("Overwrite", note, {file.path for file in files})
