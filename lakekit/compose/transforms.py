"""The transforms of a project, ready to work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from attrs import evolve

from lakekit.app.restore import Restorable
from lakekit.app.tools import Run, Tools
from lakekit.app.transform.adopt import Asked, adopt
from lakekit.app.transform.analysis import Analysis, analyse_all
from lakekit.app.transform.compiling import compiled
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.app.transform.lineage import column_graph, columns_asked, edges_of, lineage_known, lineage_told
from lakekit.app.transform.look import at_one_look
from lakekit.app.transform.personal import personal_columns
from lakekit.app.transform.plan import plan_all
from lakekit.app.transform.restorable import of_transform
from lakekit.app.transform.together import transform_all
from lakekit.compose.tables import datasets
from lakekit.domain.adoption import AdoptionReport
from lakekit.domain.build import NO_PINS, Pin
from lakekit.domain.errors import ConfigError
from lakekit.domain.lineage import Trace
from lakekit.domain.report import BuildPlan, BuildReport
from lakekit.domain.schema import bronze_columns
from lakekit.domain.transform import Language
from lakekit.plugin.once import once
from lakekit.ports.runtime import SparkRuntime
from lakekit.ports.table_store import TableStore
from lakekit.project.model import Settings
from lakekit.project.selection import ANYTHING, EVERYTHING, Selection


class Transforms:
    """`runtime` makes the runtime of the settings; it is asked when a transform is first evaluated."""

    def __init__(
        self,
        settings: Settings,
        tools: Callable[[], Tools],
        runtime: Callable[[], SparkRuntime],
    ) -> None:
        self._settings, self._tools, self._make = settings, tools, runtime

    def close(self) -> None:
        """End the runtime, if there is one."""
        made = self.__dict__.get("_runtime")
        if made is not None:
            made.close()

    def build(
        self,
        selection: Selection,
        run: Run,
        *,
        refresh: bool = False,
        at_once: int = 1,
        failed: Collection[str] = (),
        pins: Mapping[str, Pin] = NO_PINS,
    ) -> tuple[BuildReport, ...]:
        """Bring the selected transforms up to date, but for those that are made from `failed` datasets, reading inputs
        at the versions of `pins` where these name them. Raises ConfigError for what is wrong before anything runs."""
        jobs = self.jobs(selection)
        workshop = Workshop(self._tools(), lambda: self._runtime)
        return transform_all(workshop, jobs, run, refresh=refresh, at_once=at_once, failed=failed, pinned=pins)

    def plan(
        self, selection: Selection = EVERYTHING, *, refresh: bool = False, coming: Collection[str] = ()
    ) -> tuple[BuildPlan, ...]:
        """What `build` would do. Raises ConfigError as it does."""
        return plan_all(self._look, self.jobs(selection), refresh=refresh, coming=coming)

    def adopt(self, name: str, asked: Asked, run: Run) -> AdoptionReport:
        """Make the history of a table that of a dimension. Raises ConfigError for what is none, and for what is wrong
        before anything runs."""
        jobs = self.jobs(Selection((name,)))
        made = next((job for job in jobs if job.transform.made_of_events), None)
        events = next((job for job in jobs if job.transform.keeps_events), None)
        if made is None or events is None:
            raise _no_dimension(jobs[0])
        return adopt(Workshop(self._tools(), lambda: self._runtime), events, made, asked, run)

    def restorable(self, name: str) -> Restorable:
        """The table of the transform `name`. Raises ConfigError for what is wrong before anything runs."""
        jobs = dict(_named(self.jobs(ANYTHING)))
        readers = [other for other, job in jobs.items() if name in job.transform.input_names]
        return of_transform(self._tools(), jobs[name], readers)

    def lineage(self, name: str, *, down: bool) -> tuple[Trace, ...]:
        """What each column that is named is made of, or goes into. Raises ConfigError for what is none."""
        told = self.analysis
        lineages = {dataset: lineage_told(outputs) for dataset, outputs in told.outputs.items()}
        for dataset, job in _named(self._all):
            if dataset not in lineages:
                lineages[dataset] = lineage_known(self._look, job, told.columns.get(dataset, ()))
        graph = column_graph(lineages)
        columns = columns_asked(self.analysis, name)
        return tuple(graph.downstream(column) if down else graph.upstream(column) for column in columns)

    def jobs(self, selection: Selection = EVERYTHING) -> tuple[TransformJob, ...]:
        """The selected transforms, all of the project having been read."""
        by_name = dict(_named(self._checked[0]))
        chosen = selection.of({name: job.transform for name, job in by_name.items()})
        return tuple(by_name[transform.name] for transform in chosen)

    @property
    def analysis(self) -> Analysis:
        """The columns of all datasets, as far as they are known."""
        return self._checked[1]

    @once
    def _checked(self) -> tuple[tuple[TransformJob, ...], Analysis]:
        sources = {name: bronze_columns(source.contract) for name, source in self._settings.sources.items()}
        analysis = analyse_all(self._look, self._all, sources)
        contracts = {name: source.contract for name, source in self._settings.sources.items()}
        personal = personal_columns(self._all, analysis, contracts)
        outputs = {job.transform.name: analysis.outputs.get(job.transform.name, ()) for job in self._all}
        told = (
            evolve(
                job,
                made=outputs[name],
                edges=edges_of(name, lineage_told(outputs[name])),
                obstacle=analysis.obstacles.get(name, ""),
                personal=personal[name],
            )
            for name, job in _named(self._all)
        )
        return tuple(told), analysis

    @once
    def _all(self) -> tuple[TransformJob, ...]:
        return declared(self._settings)

    @once
    def _look(self) -> TableStore:
        every = datasets(self._settings).values()
        return at_one_look(self._tools().tables, [entry.dataset.table for entry in every])

    @once
    def _runtime(self) -> SparkRuntime:
        importable(self._settings.root, [job.transform.language for job in self._all])
        return self._make()


def declared(settings: Settings) -> tuple[TransformJob, ...]:
    """The transforms of a project, read from their files alone. Raises ConfigError as `compiled` does."""
    return compiled([(draft.transform, draft.body) for draft in settings.transforms.values()], settings.sources)


def _no_dimension(job: TransformJob) -> ConfigError:
    return ConfigError(
        "adopt.no_dimension",
        f"{job.transform.name} is no dimension",
        where=job.transform.place,
        why=f"its materialization is {job.transform.materialization.value}",
        next="name a transform that is scd2 or scd1: what it keeps is what history becomes",
    )


def _named(jobs: Sequence[TransformJob]) -> list[tuple[str, TransformJob]]:
    return [(job.transform.name, job) for job in jobs]


def importable(root: Path, languages: Collection[Language]) -> None:
    """Functions import modules of the project by its folder; where rows are too, as the processes of a runtime inherit
    the path of this one."""
    if Language.PYTHON in languages and str(root) not in sys.path:
        sys.path.insert(0, str(root))
