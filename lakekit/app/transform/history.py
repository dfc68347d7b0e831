"""The build that a transform's table holds, by the table's own log."""

from __future__ import annotations

from attrs import frozen

from lakekit.app.transform.note import decode_build
from lakekit.domain.build import Build
from lakekit.domain.transform import Transform
from lakekit.ports.table_store import Snapshot, TableStore


@frozen
class Stand:
    """A transform's table: its newest version, None where there is no table; the build whose rows it holds, and whether
    others have changed rows since."""

    snapshot: Snapshot | None
    build: Build | None = None
    foreign: bool = False


def stand(tables: TableStore, transform: Transform) -> Stand:
    """Where the transform stands. Without a note that holds, in a log that was cleaned up, it counts as never built."""
    table = transform.dataset.table
    snapshot = tables.snapshot(table)
    if snapshot is None:
        return Stand(None)
    found = holding(tables, transform)
    if found is None:
        return Stand(snapshot)
    version, build = found
    since = tables.changes(table, version, snapshot.version)
    return Stand(snapshot, build, since is None or bool(since.added or since.removed))


def builds_so_far(tables: TableStore, transform: Transform, snapshot: Snapshot | None) -> int:
    """The highest number that a build of the table has had, those that a RESTORE undid included; 0 before the first."""
    if snapshot is None:
        return 0
    return tables.app_version(transform.dataset.table, snapshot.version, transform.app_id) or 0


def holding(tables: TableStore, transform: Transform) -> tuple[int, Build] | None:
    """The version and the build of the newest commit that no RESTORE undid."""
    ceiling: int | None = None
    for info in tables.history(transform.dataset.table):
        if ceiling is not None and info.version > ceiling:
            continue
        if info.restored_to is not None:
            ceiling = info.restored_to
        elif (build := decode_build(info.note)) and build.dataset == transform.name:
            return info.version, build
    return None
