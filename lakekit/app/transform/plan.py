"""Plan: what a run of transforms would do, and why; nothing is evaluated or changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lakekit.app.transform.compiling import graph_of
from lakekit.app.transform.deciding import next_task
from lakekit.app.transform.history import Stand
from lakekit.app.transform.job import TransformJob, Wanted
from lakekit.domain.build import Scope
from lakekit.domain.errors import LakekitError
from lakekit.domain.graph import ordered
from lakekit.domain.planning import Cause, Reason
from lakekit.domain.report import BuildPlan, failure_of
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
    name = job.transform.name
    contract = job.transform.contract_version
    upstream = [input_ for input_ in job.transform.input_names if input_ in moving]
    waits = tuple(Reason(Cause.UPSTREAM, input_) for input_ in upstream)
    try:
        task = next_task(tables, job, Wanted(refresh), stands)
    except LakekitError as error:
        failure = None if waits and _is_missing(error) else failure_of(error)
        return BuildPlan(name, reasons=waits, code=job.transform.code, contract=contract, failure=failure)
    decision = task.decision
    table = task.stand.snapshot
    return BuildPlan(
        name,
        scope=decision.scope,
        rebuild=decision.rebuild,
        reasons=(*decision.reasons, *waits),
        instead=decision.instead,
        inputs=tuple(reading.state for reading in task.readings),
        whole=tuple(reading.size for reading in task.readings) if decision.scope is Scope.FULL else (),
        table_version=table.version if table else None,
        build=task.stand.build.number if task.stand.build else None,
        built_at=task.stand.build.at if task.stand.build else None,
        code=job.transform.code,
        contract=contract,
    )


def _is_missing(error: LakekitError) -> bool:
    return error.code == "transform.input_missing"
