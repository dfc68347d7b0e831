"""How builds are told."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from lakekit.app.leases import lease
from lakekit.app.tools import Tools
from lakekit.app.transform.deciding import Task
from lakekit.app.transform.made import Made
from lakekit.domain.build import Books, Build
from lakekit.domain.errors import LakekitError
from lakekit.domain.report import BuildReport, Ending, failure_of
from lakekit.domain.suite import Verdict
from lakekit.domain.transform import Transform


def nothing_new(name: str, task: Task) -> BuildReport:
    """The table is what its inputs make it."""
    build = task.stand.build
    return BuildReport(
        name,
        Ending.NOTHING_NEW,
        number=build.number if build else None,
        inputs=build.inputs if build else (),
        table_version=task.stand.snapshot.version if task.stand.snapshot else None,
        published_at=build.at if build else None,
    )


def published(build: Build, task: Task, version: int) -> BuildReport:
    """The commit is there."""
    return BuildReport(
        build.dataset,
        Ending.PUBLISHED,
        number=build.number,
        scope=build.scope,
        reasons=task.decision.reasons,
        instead=task.decision.instead,
        books=build.books,
        inputs=build.inputs,
        table_version=version,
        verdict=build.verdict,
        published_at=build.at,
        quarantined=build.quarantined,
    )


def held(name: str, task: Task, made: Made, verdict: Verdict) -> BuildReport:
    """A critical check has failed: nothing was published, and the rows are gone, as they can be made again."""
    return BuildReport(
        name,
        Ending.HELD,
        scope=task.decision.scope,
        reasons=task.decision.reasons,
        books=Books(made.count),
        verdict=verdict,
    )


def reported(tools: Tools, transform: Transform, work: Callable[[int], BuildReport]) -> BuildReport:
    """What `work` reports, which is given the token of the transform's lease, and how long it took. What fails is in
    the report."""
    start = tools.clock.now()
    try:
        with lease(tools, transform.lease) as token:
            report = work(token)
    except LakekitError as error:
        report = BuildReport(transform.name, Ending.FAILED, failure=failure_of(error))
    return evolve(report, seconds=(tools.clock.now() - start).total_seconds())


def not_run(name: str, because: str) -> BuildReport:
    """What it reads could not be made."""
    return BuildReport(name, Ending.NOT_RUN, skipped=because)
