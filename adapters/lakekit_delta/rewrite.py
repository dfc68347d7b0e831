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
from lakekit.domain.errors import LakekitError, TableError
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import CommitConflict, Snapshot
from lakekit_delta.columns import delta_type
from lakekit_delta.driver import hooks, reading, writing
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.publisher import add_action, check_files
from lakekit_delta.spelling import refuse_spelling, spelled
from lakekit_delta.tables import newest, snapshot_of

if TYPE_CHECKING:
    from deltalake import DeltaTable, Schema


REWRITTEN = "lakekit.rewritten"
"""What such commits say of themselves in `commitInfo`: delta-rs calls the removal of all files a change of rows."""


def rewrite(
    folder: Place, snapshot: Snapshot, columns: Sequence[TableColumn], files: Sequence[StagedFile], note: str | None
) -> int:
    """Commit on top of exactly `snapshot`: the version, which is the one that follows it."""
    table = newest(folder)
    if table is None or snapshot_of(table) != snapshot:
        raise CommitConflict
    refuse_spelling(folder, spelled(folder, table))
    check_files(folder, table, snapshot.definition.partitions, columns, files)
    failure = None
    try:
        with writing(folder):
            _write(folder, table, columns, files, note)
    except LakekitError as error:
        failure = error  # not the last word: a checkpoint that fails after the commit raises too
    return _committed(folder, snapshot.version + 1, files, note, failure)


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


def _committed(
    folder: Place, version: int, files: Sequence[StagedFile], note: str | None, failure: LakekitError | None
) -> int:
    """`version`, if the log says that it is this commit; else what went wrong."""
    log = Log(folder)
    with reading(folder):
        info = log.info(version)
        if info is None:
            told = f"delta-rs reported the commit of version {version}, and it is not there"
            raise failure or TableError("table.commit_lost", told, where=str(folder))
        mode = info.get("operationParameters", {}).get("mode")
        added = {unquote(path) for path in log.added(version)}
        ours = (mode, info.get("userMetadata"), added) == ("Overwrite", note, {file.path for file in files})
        if ours:
            folder.storage.sync(log.path(version).key)
            return version
    raise CommitConflict
