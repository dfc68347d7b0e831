"""Plan: what a run of transforms would do, and why; nothing is evaluated or changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import evolve

from lakekit.app.transform.columns import foreseen, redefined
from lakekit.app.transform.compiling import graph_of
from lakekit.app.transform.deciding import Task, next_task
from lakekit.app.transform.history import Stand
from lakekit.app.transform.inputs import measure
from lakekit.app.transform.job import TransformJob, Wanted
from lakekit.domain.build import Scope
from lakekit.domain.errors import LakekitError
from lakekit.domain.graph import ordered
from lakekit.domain.planning import Cause, Reason, losses
from lakekit.domain.report import BuildPlan, failure_of
from lakekit.domain.schema import column_changes
from lakekit.ports.table_store import TableStore


def plan_all(
    tables: TableStore, jobs: Sequence[TransformJob], *, refresh: bool = False, coming: Collection[str] = ()
) -> tuple[BuildPlan, ...]:
    """What would become of each transform, in the order in which they would run. `coming` are datasets that the same
    run brings up to date before."""
    by_name = {job.transform.name: job for job in jobs}
    moving = set(coming)
    told = []
    for name in ordered(graph_of(jobs)):
        plan = plan_of(tables, by_name[name], refresh=refresh, moving=moving)
        told.append(plan)
        if plan.builds:
            moving.add(name)
    return tuple(told)


def plan_of(
    tables: TableStore,
    job: TransformJob,
    *,
    refresh: bool = False,
    moving: Collection[str] = (),
    stands: Stand | None = None,
) -> BuildPlan:
    """What would become of one transform where datasets that are `moving` are made before, by where its table stands,
    which is looked up where it is not told. What is not made yet can only be told when it is: then the versions and
    rows to read are open."""
    upstream = [input_ for input_ in job.transform.input_names if input_ in moving]
    waits = tuple(Reason(Cause.UPSTREAM, input_) for input_ in upstream)
    bare = BuildPlan(
        job.transform.name, reasons=waits, code=job.transform.code, contract=job.transform.contract_version
    )
    try:
        task = next_task(tables, job, Wanted(refresh), stands)
    except LakekitError as error:
        return evolve(bare, failure=None if waits and _is_missing(error) else failure_of(error))
    decision, stands = task.decision, task.stand
    told = evolve(
        bare,
        scope=decision.scope,
        rebuild=decision.rebuild,
        reasons=(*decision.reasons, *waits),
        instead=decision.instead,
        inputs=tuple(reading.state for reading in task.readings),
        whole=tuple(reading.size for reading in task.readings) if decision.scope is Scope.FULL else (),
        table_version=stands.snapshot.version if stands.snapshot else None,
        build=stands.build.number if stands.build else None,
        built_at=stands.build.at if stands.build else None,
    )
    return _with_effects(tables, job, task, told) if told.reasons else told


def _with_effects(tables: TableStore, job: TransformJob, task: Task, told: BuildPlan) -> BuildPlan:
    """And what becomes of the table, or why it cannot."""
    snapshot, made = task.stand.snapshot, foreseen(job, task)
    columns = None if made is None else column_changes(snapshot.columns if snapshot else (), made)
    told = evolve(told, columns=columns)
    if snapshot is None:
        return told
    try:
        redefined(job, task, snapshot.columns if made is None else made)
    except LakekitError as error:
        return evolve(told, failure=failure_of(error))
    if not task.decision.rebuild:
        return told
    replaced = measure(tables.content(job.transform.dataset.table, snapshot.version).files)
    foreign = task.stand.foreign or task.stand.build is None
    asked = columns if columns and task.decision.refresh else ()
    lost = losses(job.transform, asked, foreign=foreign) if replaced[0] else ()
    return evolve(told, replaced=replaced, losses=lost)


def _is_missing(error: LakekitError) -> bool:
    return error.code == "transform.input_missing"
