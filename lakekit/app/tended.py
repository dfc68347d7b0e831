"""Tables as upkeep sees them: whose they are, who may not work on them meanwhile, and what its commits carry on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import PurePosixPath

from attrs import frozen

from lakekit.app.codec import decode, encode_note
from lakekit.app.ledger import Ledger
from lakekit.app.standing import stage_name
from lakekit.app.table_state import newest_note
from lakekit.app.tools import Job, Tools
from lakekit.app.transform import attempt
from lakekit.app.transform.history import repeated, stand
from lakekit.app.transform.note import encode_build
from lakekit.domain.batch import Mode
from lakekit.domain.schema import QUARANTINE_COLUMNS, TableColumn, bronze_columns
from lakekit.domain.transform import Transform
from lakekit.ports.table_store import Commit


@frozen
class Tended:
    """A table. `public` are the columns that get statistics, `filters` those that queries are known to filter on; rows
    are ordered along columns where it is `ordered`. `note` is what a rewrite carries on, None where there is nothing;
    `staged` are the folders of what may yet be published. `carry` repeats the note in a commit of its own."""

    dataset: str
    path: PurePosixPath
    columns: tuple[TableColumn, ...]
    public: frozenset[str]
    filters: tuple[str, ...]
    ordered: bool
    note: Callable[[], str | None]
    staged: Callable[[], tuple[str, ...]]
    carry: Callable[[], None]


@frozen
class Kept:
    """The tables of one dataset, kept by the holder of one lease. `retention` is what the settings say of old files."""

    lease: str
    tables: tuple[Tended, ...]
    retention: timedelta | None


def ingested(tools: Tools, job: Job) -> Kept:
    """Bronze and its quarantine."""
    told = (
        (job.dataset.table, bronze_columns(job.contract), job.contract.personal),
        (job.dataset.quarantine, QUARANTINE_COLUMNS, frozenset[str]()),
    )
    tables = tuple(
        Tended(
            dataset=str(job.dataset),
            path=path,
            columns=columns,
            public=frozenset(c.name for c in columns) - personal,
            filters=_filters(job) if path == job.dataset.table else (),
            ordered=path == job.dataset.table,
            note=partial(_batch_note, tools, job, path),
            staged=partial(_batch_staged, tools, job),
            carry=partial(_carry_batch, tools, job, path),
        )
        for path, columns, personal in told
    )
    return Kept(job.lease, tables, job.options.file_retention)


def built(tools: Tools, transform: Transform) -> Kept:
    """The table of a transform."""
    path = transform.dataset.table
    snapshot = tools.tables.snapshot(path)
    columns = snapshot.columns if snapshot else ()
    table = Tended(
        dataset=transform.name,
        path=path,
        columns=columns,
        public=transform.public(c.name for c in columns),
        filters=transform.keys,
        ordered=True,
        note=partial(_build_note, tools, transform),
        staged=partial(_build_staged, tools, transform),
        carry=partial(_carry_build, tools, transform),
    )
    return Kept(transform.lease, (table,), transform.options.file_retention)


def _filters(job: Job) -> tuple[str, ...]:
    """The columns that queries of the table filter on, as far as they are known: those that the settings name, or else
    the watermark column, along which each increment reads the table again."""
    return job.options.cluster_by or ((job.cursor,) if job.cursor else ())


def _batch_note(tools: Tools, job: Job, path: PurePosixPath) -> str | None:
    newest = newest_note(tools.tables, path, str(job.dataset), job.stream)
    return encode_note(newest[1]) if newest else None


def _batch_staged(tools: Tools, job: Job) -> tuple[str, ...]:
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    head = ledger.head()
    pending = ledger.known(head).pending if head else None
    return (stage_name(pending),) if pending else ()


def _carry_batch(tools: Tools, job: Job, path: PurePosixPath) -> None:
    """Along new files only the ledger knows all progress: each batch's files count."""
    newest, snapshot = newest_note(tools.tables, path, str(job.dataset), job.stream), tools.tables.snapshot(path)
    if newest is None or snapshot is None or job.mode is Mode.FILES:
        return
    version, note = newest
    if version < snapshot.version and note.batch:
        commit = Commit((), False, note.batch.app_id, note.number, encode_note(note))
        tools.tables.commit(path, snapshot, commit)


def _build_note(tools: Tools, transform: Transform) -> str | None:
    build = repeated(transform, stand(tools.tables, transform))
    return encode_build(build) if build else None


def _build_staged(tools: Tools, transform: Transform) -> tuple[str, ...]:
    entry = tools.state.read(attempt.key(transform))
    newest = decode(entry.text, attempt.Attempt) if entry else None
    return tuple(map(attempt.stage_name, newest.leftovers)) if newest else ()


def _carry_build(tools: Tools, transform: Transform) -> None:
    stands = stand(tools.tables, transform)
    build, snapshot = repeated(transform, stands), stands.snapshot
    if build is None or snapshot is None or stands.at == snapshot.version:
        return
    commit = Commit((), False, transform.app_id, build.number, encode_build(build))
    tools.tables.commit(transform.dataset.table, snapshot, commit)
