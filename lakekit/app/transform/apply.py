"""What a build does to its table: which files come, and which go. Read from one snapshot, changed in one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import evolve, field, frozen

from lakekit.app.parts import split
from lakekit.app.rewriting import rewritten
from lakekit.app.transform.inputs import measure
from lakekit.app.transform.job import TransformJob, Workshop, placed_at
from lakekit.app.transform.made import Made, as_input
from lakekit.app.transform.target import Target, giving, without_equal
from lakekit.domain.build import Scope
from lakekit.domain.errors import TableError
from lakekit.domain.planning import Decision
from lakekit.domain.transform import Materialization
from lakekit.ports.engine import Input, Written
from lakekit.sql.comparable import exact
from lakekit.sql.dimension.versions import members_query
from lakekit.sql.merging import (
    DELETED,
    KEYS,
    MADE,
    TARGET,
    clashing_query,
    keys_query,
    merged_query,
    repeated_query,
)
from lakekit.sql.query.conditions import filtered


@frozen
class Change:
    """Files that come, with the partitions they lie in, and paths of files that go; with `replace` all go. `added` and
    `removed` count rows, a replaced one as both; `removed` is None where the log does not tell."""

    files: tuple[Written, ...] = ()
    parts: Mapping[Path, Mapping[str, str | None]] = field(factory=dict)
    removes: tuple[str, ...] = ()
    replace: bool = False
    added: int = 0
    removed: int | None = 0


def change(workshop: Workshop, job: TransformJob, decision: Decision, made: Made, target: Target) -> Change:
    """What the rows that were made do to the table. Raises TableError `transform.duplicate_keys` for a merge whose rows
    share a key, with each other or with one that stays, or have none."""
    how = job.transform.materialization
    if how is Materialization.MERGE:
        _check_keys(workshop, job, made)
    if how is Materialization.EVENTS:
        laid = _laid(workshop, job, made.files, made, target)
        return evolve(laid, replace=True, added=made.new) if made.whole else laid
    if decision.rebuild:
        return _replaced(workshop, job, made, target)
    if decision.scope is Scope.KEYS:
        return _merged(workshop, job, made, target, made.keys, job.transform.affected_by)
    if how is Materialization.MERGE:
        return _by(workshop, job, made, target, job.transform.keys)
    if how is Materialization.PARTITION:
        wanted = job.transform.options.partition_by or ()
        split = set(target.partitions) == set(wanted)
        return (_by_partition if split else partial(_by, by=wanted))(workshop, job, made, target)
    return _laid(workshop, job, made.files, made, target)


def to_all(workshop: Workshop, job: TransformJob, planned: Change, made: Made, target: Target) -> Change:
    """The same change to a table whose columns are those of the rows that were made, and wider than they were: files
    that would stay are written anew, so that one commit replaces all of them."""
    staying = [file for file in target.files if file.path not in planned.removes]
    files, parts = planned.files, dict(planned.parts)
    engine, folder = workshop.tools.engine, target.folder / "widened"
    for written, partition in rewritten(engine, job.transform.name, staying, made.columns, folder):
        files = (*files, *written)
        parts |= dict.fromkeys((w.path for w in written), partition)
    return evolve(planned, files=files, parts=parts, removes=(), replace=True)


def _laid(workshop: Workshop, job: TransformJob, files: tuple[Written, ...], made: Made, target: Target) -> Change:
    """Files as the table wants them: split by its partitions, where it has some."""
    engine, dataset = workshop.tools.engine, job.transform.dataset
    laid, told = split(engine, dataset, made.columns, files, target.partitions, target.folder / "split")
    return Change(laid, told, added=sum(w.rows for w in files))


def _replaced(workshop: Workshop, job: TransformJob, made: Made, target: Target) -> Change:
    kept = (*_without_deleted(workshop, job, made, target), *_members(workshop, job, made, target))
    laid = _laid(workshop, job, kept, made, target)
    return Change(laid.files, laid.parts, (), True, laid.added, measure(target.files)[1])


def _members(workshop: Workshop, job: TransformJob, made: Made, target: Target) -> tuple[Written, ...]:
    """The rows of a dimension that no event makes: they have no key, and so stay until all is made anew."""
    dimension = job.transform.dimension
    if dimension is None or not dimension.members:
        return ()
    return workshop.tools.engine.write(members_query(dimension, made.columns), {}, target.folder / "members")


def _by_partition(workshop: Workshop, job: TransformJob, made: Made, target: Target) -> Change:
    laid = _laid(workshop, job, made.files, made, target)
    taken = {frozenset(told.items()) for told in laid.parts.values()}
    gone = [f for f in target.files if frozenset(f.partition.items()) in taken]
    return Change(laid.files, laid.parts, tuple(f.path for f in gone), False, laid.added, measure(gone)[1])


def _by(workshop: Workshop, job: TransformJob, made: Made, target: Target, by: Sequence[str]) -> Change:
    """The rows that were made, in place of those with one of their values in the columns `by`."""
    query = keys_query(MADE, by)
    keys = workshop.tools.engine.write(query, {MADE: made.rows}, target.folder / "keys")
    return _merged(workshop, job, made, target, keys, by)


def _merged(
    workshop: Workshop,
    job: TransformJob,
    made: Made,
    target: Target,
    keys: tuple[Written, ...],
    by: Sequence[str],
) -> Change:
    """Files that hold one of the keys are written anew, without those rows; the others stay as they are, and so do rows
    that come out as they are."""
    engine, asked = workshop.tools.engine, as_input(keys, [c for c in made.columns if c.name in by])
    kept = _without_deleted(workshop, job, made, target)
    if target.files and kept and set(job.transform.keys) - set(by):
        _check_staying(workshop, job, by, {TARGET: target.rows(target.files), KEYS: asked, MADE: made.rows})
    told = giving(engine, target, asked, by, kept)
    # Rows of a partition may be there twice.
    if job.transform.materialization is not Materialization.PARTITION and exact(made.columns):
        told = without_equal(engine, target, asked, by, made.columns, told)
    files = told.made
    if told.files:
        query = merged_query(made.names, by, target=True, made=bool(files))
        inputs = {TARGET: target.rows(told.files), KEYS: asked, MADE: as_input(files, made.columns)}
        files = engine.write(query, inputs, target.folder / "merged")
    laid = _laid(workshop, job, files, made, target)
    return Change(laid.files, laid.parts, tuple(f.path for f in told.files), False, told.added, told.removed)


def _without_deleted(workshop: Workshop, job: TransformJob, made: Made, target: Target) -> tuple[Written, ...]:
    """The rows that were made without those for which `delete_when` is true, by the runtime that made them."""
    condition, keys = job.transform.delete_when, job.transform.keys
    if condition is None or not made.files:
        return made.files
    with placed_at(job, ["delete_when"]):
        gone = workshop.runtime().write(filtered(MADE, condition), {MADE: made.rows}, target.folder / "deleted")
    if not gone:
        return made.files
    query = merged_query(made.names, (), target=False, deleted=keys)
    inputs = {MADE: made.rows, DELETED: as_input(gone, made.columns)}
    return workshop.tools.engine.write(query, inputs, target.folder / "kept")


def _check_keys(workshop: Workshop, job: TransformJob, made: Made) -> None:
    if not made.files:
        return
    ((repeated, lacking),) = workshop.tools.engine.rows(repeated_query(job.transform.keys), {MADE: made.rows})
    if int(str(repeated)) or int(str(lacking)):
        raise _repeated(job, f"{repeated} rows have a key that another has, {lacking} have none")


def _check_staying(workshop: Workshop, job: TransformJob, by: Sequence[str], rows: Mapping[str, Input]) -> None:
    """Rows with other values in the columns `by` stay, and may have a key that a row has which was made."""
    ((clashes,),) = workshop.tools.engine.rows(clashing_query(by, job.transform.keys), rows)
    if int(str(clashes)):
        raise _repeated(job, f"{clashes} rows that stay have a key that another has")


def _repeated(job: TransformJob, told: str) -> TableError:
    return TableError(
        "transform.duplicate_keys",
        f"{job.transform.name} makes rows that are not told apart by {', '.join(job.transform.keys)}",
        where=job.transform.place,
        why=f"{told}; which of them is meant cannot be told",
        next="keep one row per key: number them by row_number() OVER (PARTITION BY ...), and take the first",
    )
