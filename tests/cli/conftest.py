"""The command line in this process, over an application that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pytest
from attrs import define, field, frozen

from lakekit.cli.main import run
from lakekit.domain.adoption import AdoptionReport, Intervals
from lakekit.domain.batch import Batch, Counts, ReasonCount
from lakekit.domain.report import (
    BatchReport,
    BuildPlan,
    DatasetPlan,
    DatasetStatus,
    Ending,
    Finding,
    OptionsReport,
    QuarantinedRow,
    RunReport,
    TableDetail,
    TableVersion,
)
from lakekit.domain.upkeep import UpkeepReport, Wishes
from lakekit.domain.versions import Difference, Restoring
from lakekit.project.selection import EVERYTHING, Selection


@frozen
class Ended:
    """What one command line left behind."""

    code: int
    out: str
    err: str


@frozen
class FakeTransforms:
    """Stands where `lakekit.compose.transforms.Transforms` stands."""

    plans: tuple[BuildPlan, ...]

    def plan(self, _selection: Selection) -> tuple[BuildPlan, ...]:
        return self.plans


@define
class FakeApplication:
    """Stands where `lakekit.compose.Application` stands. `failure` is raised by whatever is asked."""

    report: RunReport = field(factory=lambda: RunReport("0" * 32, ()))
    datasets: tuple[DatasetStatus, ...] = ()
    summaries: Mapping[str, tuple[int, tuple[ReasonCount, ...]]] = {}
    rows: tuple[QuarantinedRow, ...] = ()
    batches: tuple[Batch, ...] = ()
    plans: tuple[DatasetPlan, ...] = ()
    transforms: FakeTransforms = FakeTransforms(())
    findings: tuple[Finding, ...] = ()
    detail: TableDetail | None = None
    versions: tuple[TableVersion, ...] = ()
    differences: tuple[OptionsReport, ...] = ()
    difference: Difference | None = None
    restoring: Restoring | None = None
    upkept: tuple[UpkeepReport, ...] = ()
    adoption: AdoptionReport | None = None
    failure: BaseException | None = None
    asked: list[tuple[object, ...]] = field(factory=list)
    closed: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def ingest(self, selection: Selection = EVERYTHING, until: str | None = None, **options: object) -> RunReport:
        return self._answer(self.report, "ingest", selection, until, options)

    def plan(
        self, selection: Selection = EVERYTHING, until: str | None = None, *, full_refresh: bool = False
    ) -> tuple[DatasetPlan, ...]:
        return self._answer(self.plans, "plan", selection, until, full_refresh)

    def status(self) -> tuple[DatasetStatus, ...]:
        return self._answer(self.datasets, "status")

    def history(self, names: Sequence[str], limit: int) -> tuple[Batch, ...]:
        return self._answer(self.batches, "batches", tuple(names), limit)

    def quarantine_summary(self, names: Sequence[str] = ()) -> Mapping[str, tuple[int, tuple[ReasonCount, ...]]]:
        return self._answer(self.summaries, "summary", tuple(names))

    def quarantine_rows(self, name: str, reason: str | None, limit: int) -> tuple[QuarantinedRow, ...]:
        return self._answer(self.rows, "rows", name, reason, limit)

    def table(self, name: str, *, quarantine: bool) -> TableDetail:
        return self._answer(self.detail, "table", name, quarantine)

    def table_history(self, name: str, limit: int, *, quarantine: bool) -> tuple[TableVersion, ...]:
        return self._answer(self.versions, "history", name, limit, quarantine)

    def table_options(self, names: Sequence[str], *, apply: bool) -> tuple[OptionsReport, ...]:
        return self._answer(self.differences, "options", tuple(names), apply)

    def table_diff(self, name: str, before: int, after: int | None, *, quarantine: bool) -> Difference:
        return self._answer(self.difference, "diff", name, before, after, quarantine)

    def table_restore(self, name: str, version: int, announce, *, quarantine: bool, dry_run: bool) -> Restoring:
        announce(self.restoring)
        return self._answer(self.restoring, "restore", name, version, quarantine, dry_run)

    def optimize(self, selection: Selection, wishes: Wishes, _announce, *, dry_run: bool) -> tuple[UpkeepReport, ...]:
        return self._answer(self.upkept, "optimize", selection, wishes, dry_run)

    def adopt(self, name: str, source: str, intervals: Intervals, *, accept: bool, dry_run: bool) -> AdoptionReport:
        return self._answer(self.adoption, "adopt", name, source, intervals, accept, dry_run)

    def doctor(self) -> tuple[Finding, ...]:
        return self._answer(self.findings, "doctor")

    def _answer(self, answer, *asked: object):
        self.asked.append(asked)
        if self.failure:
            raise self.failure
        return answer


Lakekit = Callable[..., Ended]


@pytest.fixture
def lakekit(capfd: pytest.CaptureFixture[str]) -> Lakekit:
    """Run one command line; `app` is the application, or the error that making it raises."""

    def call(*arguments: str, app: FakeApplication | BaseException | None = None) -> Ended:
        def compose(project_dir: Path, environment: str | None, reporter: object) -> FakeApplication:
            if isinstance(app, BaseException):
                raise app
            assert app is not None
            app.asked.append((project_dir, environment))
            return app

        capfd.readouterr()
        code = run(arguments, compose if app is not None else None)
        shown = capfd.readouterr()
        return Ended(code, shown.out, shown.err)

    return call


@pytest.fixture
def fake() -> type[FakeApplication]:
    return FakeApplication


@pytest.fixture
def batch() -> Callable[..., BatchReport]:
    """A published batch of orders, or one that differs from it."""

    def made(**other: object) -> BatchReport:
        told = {"dataset": "bronze.orders", "ending": Ending.PUBLISHED, "number": 3, "seconds": 0.414}
        return BatchReport(**{**told, "counts": Counts(1250, 1200, 40, 10), **other})  # type: ignore[arg-type]

    return made
