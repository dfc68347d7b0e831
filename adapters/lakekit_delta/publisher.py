"""The one commit that publishes.

delta-rs checks next to nothing here: it commits a missing file, a repeated transaction or a foreign type.
So everything is checked before, and the log is read after.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import Commit, Snapshot
from lakekit_delta import on_top
from lakekit_delta.columns import delta_schema
from lakekit_delta.driver import hooks, reading
from lakekit_delta.on_top import table_of
from lakekit_delta.physical import file_columns
from lakekit_delta.place import Place
from lakekit_delta.removal import removed_by
from lakekit_delta.staging import size_of
from lakekit_delta.stats import file_stats

if TYPE_CHECKING:
    from deltalake import DeltaTable, Schema
    from deltalake.transaction import AddAction, RemoveAction

_AGAIN = "run again: the batch is made anew from its landed rows"


def publish(folder: Place, snapshot: Snapshot, commit: Commit) -> int:
    """Commit on top of exactly `snapshot`: the version, which is the one that follows it."""
    table = table_of(folder, snapshot)
    _refuse_number(folder, table, commit)
    removals = removed_by(folder, table, snapshot, commit)
    columns = commit.columns or snapshot.columns
    check_files(folder, table, snapshot.definition.partitions, columns, commit.files)
    return on_top.commit(
        folder,
        snapshot,
        lambda: _write(folder, table, columns, commit, removals),
        lambda log, version: log.is_commit(version, commit.app_id, commit.number, commit.note),
    )


def _write(
    folder: Place,
    table: DeltaTable,
    columns: Sequence[TableColumn],
    commit: Commit,
    removals: Sequence[RemoveAction],
) -> None:
    from deltalake import CommitProperties, Transaction

    properties = CommitProperties(
        custom_metadata={"userMetadata": commit.note},
        max_commit_retries=0,
        app_transactions=[Transaction(commit.app_id, commit.number)],
    )
    table.create_write_transaction(
        [*(add_action(folder, file, columns) for file in commit.files), *removals],
        "overwrite" if commit.replace else "append",
        _schema(table, commit),  # any other than the table's own redefines it
        partition_by=table.metadata().partition_columns,
        commit_properties=properties,
        post_commithook_properties=hooks(),
    )


def _schema(table: DeltaTable, commit: Commit) -> Schema:
    from deltalake import Schema

    return Schema.from_json(json.dumps(delta_schema(commit.columns))) if commit.columns else table.schema()


def add_action(
    folder: Place, file: StagedFile, columns: Sequence[TableColumn], *, data_change: bool = True
) -> AddAction:
    """What adds a staged file to its table."""
    from deltalake.transaction import AddAction

    found = (folder / file.path).stat()
    plain = [c for c in columns if c.name not in file.partition]  # of the others the partition tells all
    modified = found.modified if found else 0
    return AddAction(file.path, file.size, file.partition, modified, data_change, file_stats(file, plain))


def _refuse_number(folder: Place, table: DeltaTable, commit: Commit) -> None:
    """Rows change under a number once. A commit that changes none may repeat the last, for its note."""
    last = table.transaction_version(commit.app_id)
    changes = bool(commit.files or commit.removes) or commit.replace
    if last is not None and commit.number < last + changes:
        raise TableError(
            "table.number_used",
            f"{commit.app_id} is at {last}, and {commit.number} does not follow",
            where=str(folder),
            next="this batch may be published already: compare the table with the ledger",
        )


def check_files(
    folder: Place,
    table: DeltaTable,
    partitions: Sequence[str],
    columns: Sequence[TableColumn],
    files: Sequence[StagedFile],
) -> None:
    """Raises TableError for a staged file that does not fit a table of these columns, or is not as it was staged."""
    _refuse_partitions(folder, partitions, files)
    _refuse_files(folder, table, columns, files)


def _refuse_partitions(folder: Place, partitions: Sequence[str], files: Sequence[StagedFile]) -> None:
    for file in files:
        if set(file.partition) != set(partitions):
            raise TableError(
                "table.partition_mismatch",
                f"a staged file is split by {_listed(file.partition)}, the table by {_listed(partitions)}",
                where=str(folder / file.path),
                why="the table was made anew, or partitioned by others, after the batch was sealed",
                next="see runbooks/staged-file-missing.md",
            )


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(columns) or "nothing"


def _refuse_files(
    folder: Place, table: DeltaTable, columns: Sequence[TableColumn], files: Sequence[StagedFile]
) -> None:
    paths = [_existing(folder, file) for file in files]
    wanted = {c.name: c.type for c in columns}
    for path, found in file_columns(table, paths) if paths else ():
        types = {c.name: c.type for c in found}
        for name in sorted(wanted.keys() | types.keys()):
            if wanted.get(name) != types.get(name):
                has, wants = types.get(name, "missing"), wanted.get(name, "missing")
                told = f"column {name} is {has} in a staged file and {wants} in the table"
                raise TableError("table.schema_mismatch", told, where=str(path))


def _existing(folder: Place, file: StagedFile) -> Place:
    path = folder / file.path
    with reading(folder):
        size = size_of(folder, file)
    if size is None:
        raise TableError("table.file_missing", "a staged file is gone", where=str(path), next=_AGAIN)
    if size != file.size:
        told = f"a staged file has {size} bytes, not {file.size}"
        raise TableError("table.file_size", told, where=str(path), next=_AGAIN)
    return path
