"""Older versions of a table: what they are made of, and the way back to one."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from lakekit.domain.errors import TableError
from lakekit.ports.table_store import Content, Snapshot, TableFile
from lakekit_delta import on_top
from lakekit_delta.driver import hooks, load, reading
from lakekit_delta.log import Log
from lakekit_delta.on_top import table_of
from lakekit_delta.place import Place
from lakekit_delta.pruning import partitions_of, paths_within
from lakekit_delta.spelling import refuse_spelling, spelled
from lakekit_delta.tables import checked, newest, snapshot_of

if TYPE_CHECKING:
    from deltalake import DeltaTable


def content(folder: Place, version: int, known: DeltaTable | None = None) -> Content:
    """As the port says; a version with features to keep hands off raises as the newest would. `known` is the table at
    this version, where it is loaded already."""
    table = known or checked(folder, table_at(folder, version))
    return Content(snapshot_of(table), in_order(files_of(folder, table).values()))


def files_of(folder: Place, table: DeltaTable, among: Container[str] | None = None) -> dict[str, TableFile]:
    """The files of the loaded version, each under its path as the log spells it; with `among`, only those so spelled:
    each address takes a look at the storage."""
    with reading(folder):
        actions = table.get_add_actions(flatten=True)
        spelled, paths = (str(path) for path in actions.column("path").to_pylist()), paths_within(folder, actions)
        sizes, rows = (actions.column(name).to_pylist() for name in ("size_bytes", "num_records"))
        parts = partitions_of(actions, table.metadata().partition_columns)
    told = zip(spelled, paths, sizes, rows, parts, strict=True)
    return {
        name: TableFile(p, str(folder / p), int(str(s)), None if r is None else int(str(r)), v)
        for name, p, s, r, v in told
        if among is None or name in among
    }


def in_order(files: Iterable[TableFile]) -> tuple[TableFile, ...]:
    """By path."""
    return tuple(sorted(files, key=lambda file: file.path))


def restore(folder: Place, snapshot: Snapshot, version: int, note: str | None) -> int:
    """Commit on top of exactly `snapshot`: the version, which is the one that follows it."""
    table = table_of(folder, snapshot)
    then = checked(folder, table_at(folder, version))
    refuse_spelling(folder, set(spelled(folder, table)) - set(spelled(folder, then)))
    return on_top.commit(
        folder,
        snapshot,
        lambda: _restore(table, version, note),
        lambda log, made: _is_restore(log, made, version, note),
    )


def _is_restore(log: Log, made: int, version: int, note: str | None) -> bool | None:
    info = log.info(made)
    if info is None:
        return None
    named = info.get("operationParameters", {}).get("version")
    return (info.get("operation"), str(named), info.get("userMetadata")) == ("RESTORE", str(version), note)


def _restore(table: DeltaTable, version: int, note: str | None) -> None:
    from deltalake import CommitProperties

    told = {"userMetadata": note} if note is not None else None
    table.restore(
        version,
        commit_properties=CommitProperties(custom_metadata=told, max_commit_retries=0),
        post_commithook_properties=hooks(),
    )


def table_at(folder: Place, version: int, known: DeltaTable | None = None) -> DeltaTable:
    """The table as it was at `version`. `known` is a later one, where it is loaded already, or this."""
    table = known or newest(folder)
    if table is None:
        raise TableError("table.missing", "there is no such table", where=str(folder), next="lakekit run")
    if not 0 <= version <= table.version():
        raise TableError(
            "table.no_version",
            f"the table has no version {version}",
            where=str(folder),
            next=f"name one from 0 to {table.version()}; lakekit table history lists them",
        )
    try:
        return table if version == table.version() else load(folder, version)
    except TableError as error:
        if error.code != "table.corrupt":
            raise
        raise TableError(
            "table.version_gone",
            f"version {version} of the table can no longer be told",
            where=str(folder),
            why="log clean-up took the commits that it was made of",
            next="name a later one; lakekit table history lists them",
        ) from error
