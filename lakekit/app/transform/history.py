"""The build that a transform's table holds, by the table's own log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from lakekit.app.transform.note import decode_build
from lakekit.domain.build import Build
from lakekit.domain.transform import Transform
from lakekit.ports.table_store import CommitInfo, Snapshot, TableStore


@frozen
class Stand:
    """A transform's table: its newest version, None where there is no table; the build whose rows it holds, the version
    `at` which a commit last named that, and whether others have changed rows since."""

    snapshot: Snapshot | None
    build: Build | None = None
    at: int | None = None
    foreign: bool = False


def stand(tables: TableStore, transform: Transform) -> Stand:
    """Where the transform stands with its table as it is now."""
    table = transform.dataset.table
    snapshot = tables.snapshot(table)
    return Stand(None) if snapshot is None else stand_at(tables, transform, snapshot, kept(tables.history(table)))


def stand_at(tables: TableStore, transform: Transform, snapshot: Snapshot, commits: Iterable[CommitInfo]) -> Stand:
    """Where the transform stands with a version of its table, by the commits that are `kept` at it. Without a note
    among these, as in a log that was cleaned up, it counts as never built."""
    found = holding(transform, commits)
    if found is None:
        return Stand(snapshot)
    version, build = found
    since = tables.changes(transform.dataset.table, version, snapshot.version)
    return Stand(snapshot, build, version, since is None or bool(since.added or since.removed))


def repeated(transform: Transform, stands: Stand) -> Build | None:
    """The build that a commit names again which makes no rows of its own, so that log clean-up does not take its note
    away. None where others have changed rows since: after that nobody would see it. Events of others are as good as
    those of a build."""
    return None if stands.foreign and not transform.keeps_events else stands.build


def builds_so_far(tables: TableStore, transform: Transform, snapshot: Snapshot | None) -> int:
    """The highest number that a build of the table has had, those that a RESTORE undid included; 0 before the first."""
    if snapshot is None:
        return 0
    return tables.app_version(transform.dataset.table, snapshot.version, transform.app_id) or 0


def holding(transform: Transform, commits: Iterable[CommitInfo]) -> tuple[int, Build] | None:
    """The first of these commits, newest first, that names a build of the transform: its version, and the build."""
    for info in commits:
        if (build := decode_build(info.note)) and build.dataset == transform.name:
            return info.version, build
    return None


def kept(history: Iterable[CommitInfo], back_to: int | None = None) -> Iterator[CommitInfo]:
    """The commits of a history, newest first, that no RESTORE undid, one to the version `back_to` included."""
    ceiling = back_to
    for info in history:
        if ceiling is not None and info.version > ceiling:
            continue
        if info.restored_to is not None:
            ceiling = info.restored_to
        yield info
