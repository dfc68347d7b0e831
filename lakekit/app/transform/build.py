"""Build: one transform through lease, decide, evaluate, gate, stage and publish.

Read this file from top to bottom to know the protocol. Its inputs are immutable, so there is nothing to land and
nothing to seal: whatever a killed build had prepared is put away, and the next one begins anew. What holds is the one
commit, which carries the versions that its rows were made from.
"""

from __future__ import annotations

from attrs import evolve

from lakekit.app.alerting import alert
from lakekit.app.progress import Guarded
from lakekit.app.tools import Run
from lakekit.app.transform.apply import Change, change, to_all
from lakekit.app.transform.attempt import attempt, tidy
from lakekit.app.transform.columns import redefined
from lakekit.app.transform.deciding import Task, next_task
from lakekit.app.transform.evaluate import columns_of, evaluate
from lakekit.app.transform.gate import check_columns, gate
from lakekit.app.transform.history import builds_so_far
from lakekit.app.transform.job import TransformJob, Wanted, Workshop
from lakekit.app.transform.lineage import edges_of, lineage_of
from lakekit.app.transform.made import Made
from lakekit.app.transform.note import encode_build
from lakekit.app.transform.publish import Stamp, publish, ready, tried
from lakekit.app.transform.report import held, nothing_new, published, reported
from lakekit.app.transform.target import target_of
from lakekit.app.transform.telemetry import began, ended
from lakekit.app.transform.versions import settled
from lakekit.domain.build import Books, Build, Scope
from lakekit.domain.lineage import Lineage
from lakekit.domain.report import BuildReport
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Verdict


def build(workshop: Workshop, job: TransformJob, run: Run, wanted: Wanted) -> BuildReport:
    """Bring the transform's table up to date with its inputs. What fails is in the report, and leaves the table as it
    was."""
    tools, transform = workshop.tools, job.transform
    tools = evolve(tools, reporter=Guarded(tools.reporter, tools.log))
    workshop = evolve(workshop, tools=tools)
    course = _Course(workshop, job, run)
    report = reported(tools, transform, lambda token: course.build(wanted, token))
    ended(tools, course.job, run, course.uid, course.columns, report)
    tools.reporter.done(transform.name, report.ending)
    alert(tools, run, report)
    return report


class _Course:
    """One build under way: how far it came is what is told of one that failed."""

    def __init__(self, workshop: Workshop, job: TransformJob, run: Run) -> None:
        self._workshop, self.job, self._run = workshop, job, run
        self.uid = workshop.tools.ids.new()
        self.columns: tuple[TableColumn, ...] = ()

    def build(self, wanted: Wanted, token: int) -> BuildReport:
        return tried(self.job, lambda: self._try(wanted, token))

    def _try(self, wanted: Wanted, token: int) -> BuildReport:
        workshop, job, name = self._workshop, self.job, self.job.transform.name
        self.uid = workshop.tools.ids.new()  # what an attempt before this one has staged is put away
        self._step("open")
        task = settled(workshop, job, next_task(workshop.tools.tables, job, wanted))
        if task.decision.scope is None:
            tidy(workshop.tools, job.transform, token, committed=False)
            return nothing_new(name, task)
        self.columns = columns_of(workshop, job, task)
        check_columns(job, self.columns)
        other = self.columns if redefined(job, task, self.columns) else None
        lineage = lineage_of(workshop, job, task)
        self.job = job = evolve(job, edges=job.edges or edges_of(name, lineage))
        so_far = builds_so_far(workshop.tools.tables, job.transform, task.stand.snapshot)
        began(workshop.tools, job, self._run, self.uid, task, self.columns)
        with attempt(workshop.tools, job.transform, self.uid, token) as folder:
            self._step("extract")
            made = evaluate(workshop, job, task, self.columns, folder)
            self._step("audit")
            verdict = gate(workshop, job, made)
            if not verdict.passed:
                return held(name, task, made, verdict)
            self._step("publish")
            snapshot = ready(workshop, job, task.stand, () if other else self.columns, so_far)
            target = target_of(workshop, job, snapshot, folder, other)
            planned = change(workshop, job, task.decision, made, target)
            if other and not planned.replace:
                planned = to_all(workshop, job, planned, made, target)
            done = _note(workshop, job, self._run, task, made, planned, verdict, self.uid, so_far + 1)
            done = evolve(done, lineage=Lineage.of(lineage))
            stamp = Stamp(done.uid, done.number, encode_build(done))
            version = publish(workshop, job, snapshot, planned, stamp, other)
        tidy(workshop.tools, job.transform, token, committed=True)
        return published(done, task, version)

    def _step(self, step: str) -> None:
        self._workshop.tools.reporter.step(self.job.transform.name, step)


def _note(
    workshop: Workshop,
    job: TransformJob,
    run: Run,
    task: Task,
    made: Made,
    planned: Change,
    verdict: Verdict,
    uid: str,
    number: int,
) -> Build:
    transform = job.transform
    return Build(
        dataset=transform.name,
        number=number,
        uid=uid,
        run_id=run.id,
        at=workshop.tools.clock.now().isoformat(),
        scope=task.decision.scope or Scope.FULL,
        code=transform.code,
        contract=transform.contract_version,
        inputs=tuple(reading.state.pin for reading in task.readings),
        books=Books(made.count, planned.added, planned.removed or 0),
        verdict=verdict,
        generation=made.generation,
        quarantined=made.quarantined,
        horizon=made.horizon,
    )
