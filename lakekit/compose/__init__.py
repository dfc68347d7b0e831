"""The one place where settings, plugins and use cases meet."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self

from attrs import evolve

from lakekit.app import doctor, state, table
from lakekit.app.diff import diff
from lakekit.app.exact import check_same, pins
from lakekit.app.fetch import fetch
from lakekit.app.history import history
from lakekit.app.optimize import Announce, optimize
from lakekit.app.plan import plan
from lakekit.app.restorable import of_stream
from lakekit.app.restore import Announce as AnnounceRestore
from lakekit.app.restore import Restorable, restore
from lakekit.app.status import status
from lakekit.app.table_options import table_options
from lakekit.app.telemetry import Silent, told
from lakekit.app.tended import built, ingested
from lakekit.app.together import ingest_all
from lakekit.app.tools import Job, Run, Tools
from lakekit.app.transform.adopt import Asked
from lakekit.compose.adapters import PRIVATE, Adapters
from lakekit.compose.jobs import as_asked, job_of
from lakekit.compose.old_tables import old_table
from lakekit.compose.quarantines import Quarantines
from lakekit.compose.tables import check_optional, dataset_of, table_of
from lakekit.compose.transforms import Transforms
from lakekit.domain.adoption import AdoptionReport, Intervals
from lakekit.domain.batch import Batch, ReasonCount
from lakekit.domain.build import NO_PINS
from lakekit.domain.report import (
    DatasetPlan,
    DatasetStatus,
    Finding,
    OptionsReport,
    QuarantinedRow,
    RunPlan,
    RunReport,
    StreamState,
    TableDetail,
    TableVersion,
)
from lakekit.domain.upkeep import UpkeepReport, Wishes
from lakekit.domain.versions import Difference, Restoring
from lakekit.domain.watermark import Watermark
from lakekit.plugin.manager import Plugins, load_plugins
from lakekit.plugin.once import once
from lakekit.plugin.provider import Context
from lakekit.ports.engine import Engine
from lakekit.ports.runtime import SparkRuntime
from lakekit.ports.telemetry import Reporter
from lakekit.project import load
from lakekit.project.bucket import ENDINGS, NAMES, home
from lakekit.project.files import MAX_BYTES
from lakekit.project.model import Settings
from lakekit.project.selection import ANYTHING, EVERYTHING, Selectable, Selection

if TYPE_CHECKING:
    from lakekit.compose.cases import Cases


def application(
    project: Path | str, environment: str | None, reporter: Reporter, reserved: Collection[str] = ()
) -> Application:
    """Read the project, in a folder or at a bucket's URL, and find the plugins, none of whose commands may have a
    `reserved` name.

    Raises ConfigError for a project that cannot be read, PluginError and StorageError for a bucket that cannot.
    """
    plugins = load_plugins(reserved)
    settings = (
        load(project, environment, os.environ, packages=plugins.transforms)
        if isinstance(project, Path)
        else _from_bucket(project, environment, plugins)
    )
    return Application(settings, plugins, reporter)


def _from_bucket(address: str, environment: str | None, plugins: Plugins) -> Settings:
    """The copy of the project's files goes when they are read: what the run leaves here lies in a folder that stays."""
    root = home(address, os.environ)
    with TemporaryDirectory(prefix="lakekit-") as folder:
        storage = plugins.storage(Context(root, address, root / PRIVATE))
        fetch(storage, NAMES, ENDINGS, Path(folder), MAX_BYTES)
        return evolve(load(Path(folder), environment, os.environ, address, plugins.transforms), root=root)


class Application:
    """A project, ready to work. Adapters are made when the first use case needs them."""

    def __init__(self, settings: Settings, plugins: Plugins, reporter: Reporter, engine: Engine | None = None) -> None:
        """`engine` is one that somebody else has made, and closes."""
        self.settings = settings
        self.plugins = plugins
        self._adapters = Adapters(settings, plugins, reporter, engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what the adapters hold."""
        transforms = self.__dict__.get("transforms")
        if transforms is not None:
            transforms.close()
        self._adapters.close()

    def ingest(
        self,
        selection: Selection = EVERYTHING,
        until: str | None = None,
        *,
        full_refresh: bool = False,
        fail_fast: bool = False,
        at_once: int = 1,
    ) -> RunReport:
        """Bring the selected datasets up to date, `at_once` of them at a time, or with `full_refresh` load them anew.
        What fails is in the report and stops no other, or, with `fail_fast`, all that have not begun.

        Raises ConfigError for a name that the settings do not have, and when nothing is selected.
        """
        jobs = [as_asked(job, until, full_refresh=full_refresh) for job in self.jobs(selection)]
        work = partial(ingest_all, self.tools, jobs, self.run, at_once=at_once, fail_fast=fail_fast)
        return told(self.tools, self.run, lambda: RunReport(self.run.id, work()))

    @once
    def transforms(self) -> Transforms:
        """The transforms of the project."""
        return Transforms(self.settings, lambda: self.tools, self.runtime)

    @property
    def cases(self) -> Cases:
        """The cases of its transforms."""
        from lakekit.compose.cases import Cases  # a world of its own, which no other command enters

        return Cases(self.settings, self.plugins.transforms, self.apart, lambda apart: apart.runtime())

    def apart(self, folder: Path, engine: Engine | None) -> Application:
        """The same project with an empty lake in a folder of this host: nothing that is done there touches the user's
        lake, or is told of."""
        silent = evolve(self.settings, lineage=None, metrics=None, alerts=None)
        apart = evolve(silent, root=folder, lake=str(folder / "lake"), state="sqlite", bucket=None)
        return Application(apart, self.plugins, Silent(), engine)

    def transform(self, selection: Selection = EVERYTHING, *, refresh: bool = False, at_once: int = 1) -> RunReport:
        """Bring the selected transforms up to date. What fails is in the report, and stops what is made from it. Raises
        ConfigError for what is wrong before anything runs."""
        self.transforms.jobs(selection)
        run = evolve(self.run, command="transform")
        build = partial(self.transforms.build, selection, run, refresh=refresh, at_once=at_once)
        return told(self.tools, run, lambda: RunReport(run.id, builds=build()))

    def adopt(
        self, name: str, source: str, intervals: Intervals, *, accept: bool = False, dry_run: bool = False
    ) -> AdoptionReport:
        """Make the history that others kept in a table that of a dimension. What fails then is in the report. Raises
        ConfigError for a dataset that is no dimension, and for what is wrong before anything runs."""
        asked = Asked(old_table(source, self.tools.tables, self._adapters.tables_in), intervals, accept, dry_run)
        run = evolve(self.run, command="adopt")
        if dry_run:
            return self.transforms.adopt(name, asked, run)
        reports: list[AdoptionReport] = []

        def work() -> RunReport:
            reports.append(self.transforms.adopt(name, asked, run))
            return RunReport(run.id, builds=(reports[0].build,))

        told(self.tools, run, work)
        return reports[0]

    def run_all(
        self,
        selection: Selection = EVERYTHING,
        *,
        refresh: bool = False,
        at_once: int = 1,
        plan: RunPlan | None = None,
    ) -> RunReport:
        """Ingest the selected datasets, then build the selected transforms. What fails is in the report, and stops what
        is made from it. With a `plan` of them, what is not as planned fails. Raises ConfigError for what is wrong
        before anything runs."""
        sources, builds = self._parts(selection)
        run = evolve(self.run, command="run")
        planned = {told.dataset: told for told in plan.datasets} if plan else {}
        jobs = [as_asked(job, None, full_refresh=refresh) for job in self.jobs(sources)] if sources else []
        jobs = [evolve(job, planned=planned.get(str(job.dataset))) for job in jobs]

        def work() -> RunReport:
            batches = ingest_all(self.tools, jobs, run, at_once=at_once)
            failed = {batch.dataset for batch in batches if not batch.ending.well}
            if builds is None:
                return RunReport(run.id, batches)
            at = pins(plan) if plan else NO_PINS
            make = partial(self.transforms.build, failed=failed, refresh=refresh, at_once=at_once)
            return RunReport(run.id, batches, make(builds, run, pins=at))

        return told(self.tools, run, work)

    def run_plan(self, plan: RunPlan, *, at_once: int = 1) -> RunReport:
        """Do what was planned, exactly. Raises ConfigError `plan.moved`, before anything is done, where something else
        would be done by now, and what `run_all` raises."""
        names = (*(part.dataset for part in plan.datasets), *(part.dataset for part in plan.builds))
        selection = Selection(names, may_be_empty=not names)
        check_same(plan, self.plan_run(selection, refresh=plan.refresh) if names else plan)
        return self.run_all(selection, refresh=plan.refresh, at_once=at_once, plan=plan)

    def plan_run(self, selection: Selection = EVERYTHING, *, refresh: bool = False) -> RunPlan:
        """What `run_all` would do. Raises ConfigError as it does."""
        sources, builds = self._parts(selection)
        datasets = self.plan(sources, full_refresh=refresh) if sources else ()
        coming = {plan.dataset for plan in datasets if plan.bounds}
        made = self.transforms.plan(builds, refresh=refresh, coming=coming) if builds else ()
        return RunPlan(datasets, made, refresh)

    def _parts(self, selection: Selection) -> tuple[Selection | None, Selection | None]:
        """The selection among sources, and among transforms, None where it has none of them."""
        transforms = {job.transform.name: job.transform for job in self.transforms.jobs(ANYTHING)}
        every: dict[str, Selectable] = {**self.settings.sources, **transforms}
        chosen = [str(entry.dataset) for entry in selection.of(every)]
        kinds = ([n for n in chosen if n in known] for known in (self.settings.sources, transforms))
        sources, builds = (Selection(tuple(names)) if names else None for names in kinds)
        return sources, builds

    def plan(
        self, selection: Selection = EVERYTHING, until: str | None = None, *, full_refresh: bool = False
    ) -> tuple[DatasetPlan, ...]:
        """What `ingest` would read now; nothing is read or changed. Raises ConfigError as `ingest` does."""
        jobs = [as_asked(job, until, full_refresh=full_refresh) for job in self.jobs(selection)]
        return tuple(plan(self.tools, job) for job in jobs)

    def optimize(
        self, selection: Selection, wishes: Wishes, announce: Announce, *, dry_run: bool
    ) -> tuple[UpkeepReport, ...]:
        """Keep the tables of the selected datasets fast and small. Raises ConfigError and LeaseError."""
        upkeep = self._adapters.upkeep()
        sources, builds = self._parts(selection)
        kept = [ingested(self.tools, job) for job in self.jobs(sources)] if sources else []
        kept += [built(self.tools, job.transform) for job in self.transforms.jobs(builds)] if builds else []
        return tuple(r for k in kept for r in optimize(self.tools, upkeep, k, wishes, announce, dry_run=dry_run))

    def table(self, name: str, *, quarantine: bool) -> TableDetail:
        """The newest version of a dataset's table, or of its quarantine. Raises TableError where there is none."""
        return table.show(self.tools, self._adapters.upkeep(), table_of(self.settings, name, quarantine=quarantine))

    def table_history(self, name: str, limit: int, *, quarantine: bool) -> tuple[TableVersion, ...]:
        """At most `limit` commits of the table, newest first. Raises TableError as `table` does."""
        return table.history(self.tools, table_of(self.settings, name, quarantine=quarantine), limit)

    def table_options(self, names: Sequence[str], *, apply: bool) -> tuple[OptionsReport, ...]:
        """What differs between the tables of the named datasets, or of all, and the settings; with `apply` it is done.
        Raises ConfigError, TableError, StateError and LeaseError."""
        check_optional(self.settings, names)
        upkeep = self._adapters.upkeep()
        return tuple(table_options(self.tools, upkeep, job, apply=apply) for job in self.jobs(Selection(tuple(names))))

    def table_diff(self, name: str, before: int, after: int | None, *, quarantine: bool) -> Difference:
        """What became of version `before` of a dataset's table until `after`, or until now. Raises TableError."""
        return diff(self.tools, table_of(self.settings, name, quarantine=quarantine), before, after)

    def table_restore(
        self, name: str, version: int, announce: AnnounceRestore, *, quarantine: bool, dry_run: bool
    ) -> Restoring:
        """Put a dataset's table, or its quarantine, back to `version`. Raises what `lakekit.app.restore` does."""
        table = self._restorable(name, quarantine=quarantine)
        return restore(self.tools, table, version, announce, dry_run=dry_run)

    def _restorable(self, name: str, *, quarantine: bool) -> Restorable:
        dataset = str(dataset_of(self.settings, name, quarantine=quarantine))
        if dataset not in self.settings.sources:
            return self.transforms.restorable(dataset)
        (job,) = self.jobs(Selection((dataset,)))
        return of_stream(self.tools, job, quarantine=quarantine)

    def status(self) -> tuple[DatasetStatus, ...]:
        """Where each dataset stands."""
        return tuple(status(self.tools, job) for job in self.jobs())

    def streams(self) -> tuple[StreamState, ...]:
        """What the ledger knows of each stream."""
        return state.streams(self.tools)

    def stream(self, name: str) -> StreamState | None:
        """What it knows of a dataset; None before the first run. Raises ConfigError for an unknown one."""
        (job,) = self.jobs(Selection((name,)))
        return state.stream_state(self.tools, str(job.dataset), job.stream)

    def move_watermark(self, name: str, value: str, *, skip: bool) -> tuple[Watermark | None, Watermark]:
        """Set a dataset's watermark. Raises what `lakekit.app.state.move` does."""
        (job,) = self.jobs(Selection((name,)))
        return state.move(self.tools, job, value, skip=skip)

    def export_state(self) -> state.Records:
        """The ledger's records."""
        return state.exported(self.tools)

    def import_state(self, records: state.Records) -> tuple[StreamState, ...]:
        """Put records back. Raises what `lakekit.app.state.imported` does."""
        return state.imported(self.tools, records)

    def history(self, names: Sequence[str], limit: int) -> tuple[Batch, ...]:
        """At most `limit` batches of each of the named datasets, or of all, newest first. Raises ConfigError."""
        return tuple(batch for job in self.jobs(Selection(tuple(names))) for batch in history(self.tools, job, limit))

    def quarantine_summary(self, names: Sequence[str] = ()) -> Mapping[str, tuple[int, tuple[ReasonCount, ...]]]:
        """As `Quarantines.summary`."""
        return self._quarantines.summary(names)

    def quarantine_rows(self, name: str, reason: str | None, limit: int) -> tuple[QuarantinedRow, ...]:
        """As `Quarantines.rows`."""
        return self._quarantines.rows(name, reason, limit)

    @property
    def _quarantines(self) -> Quarantines:
        return Quarantines(self.settings, lambda: self.tools, self.jobs, self.transforms)

    def doctor(self) -> tuple[Finding, ...]:
        """What is in order and what is not, adapters and lake included; never raises."""
        return tuple(
            doctor.examine(
                self.settings.lake,
                {p.plugin: p.reason for p in self.plugins.problems()},
                lambda: self.tools,
                self.jobs,
                self.plugins.findings,
            )
        )

    @property
    def tools(self) -> Tools:
        """The ports, as the settings name them. Raises PluginError for an adapter or driver that is missing."""
        return self._adapters.tools

    def runtime(self) -> SparkRuntime:
        """A runtime as the settings name it, for the caller to close. Raises PluginError and UnsupportedCapability."""
        return self._adapters.runtime()

    @once
    def run(self) -> Run:
        """This invocation."""
        return Run(self.tools.ids.new(), self.tools.ids.new())

    def jobs(self, selection: Selection = EVERYTHING) -> tuple[Job, ...]:
        """The datasets to work on. Raises ConfigError as `ingest` does."""
        chosen = selection.of(self.settings.sources)
        return tuple(job_of(source, partial(self._adapters.source, source)) for source in chosen)
