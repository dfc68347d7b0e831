"""The rows of a project that count for nothing: those of quarantines, and of a dimension among its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from lakekit.app import quarantine
from lakekit.app.tools import Job, Tools
from lakekit.app.transform import quarantine as events
from lakekit.app.transform.job import TransformJob
from lakekit.compose.transforms import Transforms
from lakekit.domain.batch import ReasonCount
from lakekit.domain.report import QuarantinedRow
from lakekit.domain.transform import DIMENSIONS
from lakekit.project.model import Settings
from lakekit.project.selection import ANYTHING, Selectable, Selection, named


@frozen
class Quarantines:
    """Of sources, as `jobs` has them, and of dimensions."""

    settings: Settings
    tools: Callable[[], Tools]
    jobs: Callable[[Selection], tuple[Job, ...]]
    transforms: Transforms

    def summary(self, names: Sequence[str] = ()) -> Mapping[str, tuple[int, tuple[ReasonCount, ...]]]:
        """How many rows each of the named datasets has, or each there is, and their reasons, most frequent first.
        Raises ConfigError for a name that is none."""
        chosen = [str(entry.dataset) for entry in Selection(tuple(names)).of(self._every)]
        sources = tuple(name for name in chosen if name in self.settings.sources)
        found = {
            str(job.dataset): (quarantine.total(self.tools(), job), quarantine.summary(self.tools(), job))
            for job in (self.jobs(Selection(sources)) if sources else ())
        }
        dimensions = [name for name in chosen if name not in sources]
        return found | {name: events.summary(self.tools(), self._events(name)) for name in dimensions}

    def rows(self, name: str, reason: str | None, limit: int) -> tuple[QuarantinedRow, ...]:
        """At most `limit` of one dataset, newest batch first, personal values hashed; with `reason` those that have it.
        Raises ConfigError for a name that is none."""
        dataset = str(named(self._every, name).dataset)
        if dataset not in self.settings.sources:
            return events.rows(self.tools(), self._events(dataset), reason, limit)
        (job,) = self.jobs(Selection((dataset,)))
        return quarantine.rows(self.tools(), job, reason, limit)

    @property
    def _every(self) -> Mapping[str, Selectable]:
        """What can have such rows: sources and dimensions."""
        drafts = self.settings.transforms.items()
        dimensions = {name: d.transform for name, d in drafts if d.transform.materialization in DIMENSIONS}
        return {**self.settings.sources, **{n: evolve(t, together=()) for n, t in dimensions.items()}}

    def _events(self, dimension: str) -> TransformJob:
        """That of the events of a dimension."""
        jobs = {job.transform.name: job for job in self.transforms.jobs(ANYTHING)}
        (kept,) = jobs[dimension].transform.input_names
        return jobs[kept]
