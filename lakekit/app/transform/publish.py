"""The one commit by which rows of a transform's table become visible, of a build or of an adoption."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from lakekit.app.generation import TRIES, too_busy
from lakekit.app.table_files import staged_file
from lakekit.app.transform.apply import Change
from lakekit.app.transform.attempt import stage_name
from lakekit.app.transform.history import Stand, builds_so_far, stand
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.domain.errors import LeaseError
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import wished
from lakekit.ports.table_store import Commit, CommitConflict, Snapshot

Report = TypeVar("Report")


@frozen
class Stamp:
    """What a commit is known by: the attempt's uid, its number among those of the table, and its note."""

    uid: str
    number: int
    note: str


def tried(job: TransformJob, once: Callable[[], Report]) -> Report:
    """What `once` gives: tried anew, as all is asked anew, where another writer's commit came first. Raises TableError
    `table.too_busy` where one always does."""
    for _ in range(TRIES):
        try:
            return once()
        except CommitConflict:
            continue
    raise too_busy(job.transform.dataset)


def ready(
    workshop: Workshop, job: TransformJob, before: Stand, columns: tuple[TableColumn, ...], so_far: int
) -> Snapshot:
    """The snapshot to commit on top of. Raises LeaseError where the table no longer holds the build that this attempt
    began with, as the last of `so_far`, CommitConflict where others have changed its rows since: after this commit,
    nobody would see that."""
    tables = workshop.tools.tables
    tables.ensure(job.transform.dataset.table, columns, wished(job.transform.options, {}))
    stands = stand(tables, job.transform)
    made = builds_so_far(tables, job.transform, stands.snapshot)
    if stands.snapshot is None or (made, stands.build) != (so_far, before.build):
        raise _overtaken(job)
    if stands.foreign and not before.foreign:
        raise CommitConflict
    return stands.snapshot


def publish(
    workshop: Workshop,
    job: TransformJob,
    snapshot: Snapshot,
    planned: Change,
    stamp: Stamp,
    other: tuple[TableColumn, ...] | None = None,
) -> int:
    """Stage the files and commit them on top of `snapshot`; the new version. The table gets `other` columns where there
    are some. Raises CommitConflict where another commit came first."""
    tables, table = workshop.tools.tables, job.transform.dataset.table
    staged = [w.path for w in planned.files]
    paths = tables.stage(table, stage_name(stamp.uid), staged, planned.parts) if staged else ()
    public = job.transform.public(column.name for column in other or snapshot.columns)
    files = [
        staged_file(w, path, public, planned.parts.get(w.path, {}))
        for w, path in zip(planned.files, paths, strict=True)
    ]
    app_id = job.transform.app_id
    commit = Commit(
        tuple(files), planned.replace, app_id, stamp.number, stamp.note, removes=planned.removes, columns=other
    )
    return tables.commit(table, snapshot, commit)


def _overtaken(job: TransformJob) -> LeaseError:
    return LeaseError(
        "lease.lost",
        f"the table of {job.transform.name} is no longer what this attempt began with",
        why="another build of it came first, or somebody put it back or dropped it",
        next="nothing was published; run again",
    )
