"""Delta tables: their history, and the one commit that publishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Protocol

from attrs import field, frozen

from lakekit.domain.batch import StagedFile
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import PLAIN, Definition


@frozen
class Snapshot:
    """A table at one version."""

    table_id: str
    version: int
    columns: tuple[TableColumn, ...]
    definition: Definition = PLAIN


@frozen
class TableFile:
    """A file of a table: its path within the table's folder, its absolute path or URL, its bytes, and its rows where
    the log tells them. `partition` has the values that all its rows have in the columns by which the table is
    partitioned, as canonical texts: the file need not hold these columns."""

    path: str
    address: str
    size: int
    rows: int | None
    partition: Mapping[str, str | None] = field(factory=dict)


@frozen
class Content:
    """What one version of a table is made of."""

    snapshot: Snapshot
    files: tuple[TableFile, ...]


@frozen
class Changes:
    """The files whose rows came, and those whose rows went, between two versions, each in order of path. A row that was
    only written anew is in both."""

    added: tuple[TableFile, ...]
    removed: tuple[TableFile, ...]


NO_PARTITIONS: Mapping[Path, Mapping[str, str | None]] = MappingProxyType({})

NOTHING = -1
"""The version before the first."""


@frozen
class CommitInfo:
    """One commit of a table's log. `note` is the text that lakekit put into it, None for commits of others.
    `restored_to` is the version that a RESTORE put back, or NOTHING for a commit that began another table over it.
    `operation` is what its writer calls it, such as WRITE or OPTIMIZE, and `at` its moment in UTC as an ISO text, both
    None where it does not say."""

    version: int
    note: str | None
    restored_to: int | None = None
    operation: str | None = None
    at: str | None = None


@frozen
class Commit:
    """Add `files`, and with `replace` remove all that the snapshot holds, or else those of its files whose paths within
    the table's folder are in `removes`; remember (app_id, number) and the note."""

    files: tuple[StagedFile, ...]
    replace: bool
    app_id: str
    number: int
    note: str
    removes: tuple[str, ...] = ()


class CommitConflict(Exception):
    """Another writer's commit came first: nothing was written, load a new snapshot and check again."""


class TableStore(Protocol):
    """Tables are named by their folder relative to the lake; one that begins with `_` holds raw values and is readable
    by its owner alone. Failures raise TableError."""

    def snapshot(self, table: PurePosixPath) -> Snapshot | None:
        """The newest version, or None when there is no table. A table with features that this store cannot read or
        extend raises."""
        ...

    def app_version(self, table: PurePosixPath, version: int, app_id: str) -> int | None:
        """The transaction version of `app_id` at `version`, None when it never committed."""
        ...

    def history(self, table: PurePosixPath) -> Iterator[CommitInfo]:
        """The commits that the log still holds, newest first, read lazily."""
        ...

    def ensure(self, table: PurePosixPath, columns: Sequence[TableColumn], definition: Definition = PLAIN) -> None:
        """Make the table exist with at least these columns, and as defined where it is not there yet. Idempotent, also
        when two do it at once. A column of another type raises."""
        ...

    def stage(
        self,
        table: PurePosixPath,
        name: str,
        files: Sequence[Path],
        partitions: Mapping[Path, Mapping[str, str | None]] = NO_PARTITIONS,
    ) -> tuple[str, ...]:
        """Move `files` into the folder `name` within the table's folder, where a commit can add them; the new paths,
        relative to the table. Until a commit names them no reader sees them. A file of a partition goes into a folder
        that is named after it, as `day=2026-01-31`: some readers go by that."""
        ...

    def unstage(self, table: PurePosixPath, name: str) -> None:
        """Remove a staged folder that no commit names, if it is there."""
        ...

    def damaged(self, table: PurePosixPath, files: Sequence[StagedFile]) -> tuple[str, ...]:
        """The paths of those staged files that are not there, or not with the size recorded."""
        ...

    def commit(self, table: PurePosixPath, snapshot: Snapshot, commit: Commit) -> int:
        """Commit on top of `snapshot` and return the new version. Raises CommitConflict when it is no longer the
        newest, TableError when a file is missing, has another size than recorded, or tells another partition's columns
        than the table's; `table.file_not_active` for a path in `removes` that is no file of the snapshot,
        `table.append_only` when rows would leave a table that forbids it, `table.bad_commit` for `replace` together
        with `removes`, or a file that is both added and removed. Constraints are the caller's to keep."""
        ...

    def rewrite(
        self,
        table: PurePosixPath,
        snapshot: Snapshot,
        columns: Sequence[TableColumn],
        files: Sequence[StagedFile],
        note: str | None,
    ) -> int:
        """Commit on top of `snapshot` that the table has these columns, which are the same but for their types, and
        `files` in place of all of its own; return the new version. Its definition and transaction versions stay. The
        new files count as no change of data, but the old ones as removed: that they hold the same rows, and that no
        feed of changes tells of it, is the caller's to know. Raises CommitConflict and TableError as `commit` does."""
        ...

    def files(
        self,
        table: PurePosixPath,
        version: int,
        column: str | None = None,
        low: str | None = None,
        *,
        nulls: bool = False,
    ) -> tuple[str, ...]:
        """The absolute paths of the files of `version`; with `column`, without those whose statistics prove that every
        value lies below `low`, a canonical text, and, with `nulls`, that every row has one."""
        ...

    def content(self, table: PurePosixPath, version: int) -> Content:
        """What `version` is made of, its files in order of path; whether they are still there, `damaged` tells. Raises
        TableError `table.missing` where there is no table, `table.no_version` for a version that it never had, and
        `table.version_gone` for one that its log no longer tells."""
        ...

    def restore(self, table: PurePosixPath, snapshot: Snapshot, version: int, note: str | None) -> int:
        """Commit on top of `snapshot` that the table has the files, columns and properties of `version` again, and
        return the new version. Transaction versions stay. Raises CommitConflict when `snapshot` is no longer the
        newest, TableError as `content` does, and when a file is gone."""
        ...

    def changes(self, table: PurePosixPath, since: int, version: int) -> Changes | None:
        """How the rows of `version` came from those of `since`, which may be NOTHING. Counted row by row, after is
        before + added - removed. What is in both has to be set off first: `removed` may hold rows that only `added`
        brought.

        Commits that change no row (OPTIMIZE, properties) count for nothing, and a file that came and went is in
        neither. Rows are counted in the columns of `version`; a file that was not there before such a column has NULL
        in it. A file may be gone from the disk since: `gone` tells.

        None where whole files do not tell it: the log was cleaned up, the table was replaced in between, or is no
        longer at `since`, or rows were deleted within files. One that was dropped and made anew is told by the id in
        its snapshot alone. Raises TableError `table.missing` and `table.no_version` as `content` does.

        Costs the commits in between, and the files of `since` only where a file of then was removed, or where the
        table's columns or properties were changed."""
        ...

    def gone(self, table: PurePosixPath, files: Sequence[TableFile]) -> tuple[str, ...]:
        """The paths of those files that are no longer there, as after a vacuum."""
        ...
