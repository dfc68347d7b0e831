"""Datasets of the settings as use cases work on them."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from lakekit.app.tools import Job
from lakekit.domain.batch import Mode
from lakekit.ports.progress import Progress
from lakekit.ports.source import Source
from lakekit.project.model import LoadType, SourceSettings


def job_of(source: SourceSettings, opened: Callable[[Progress], Source]) -> Job:
    """The dataset of a source, which is opened when rows are asked for."""
    mode = Mode.FULL if source.load_type is LoadType.FULL else Mode.CURSOR if source.watermark_column else Mode.FILES
    return Job(
        dataset=source.dataset,
        stream=source.watermark_state_key,
        contract=source.contract,
        mode=mode,
        source=opened,
        source_name=f"{source.adapter}:{source.dataset.name}",
        checks=source.checks,
        cursor=source.watermark_column,
        lookback=source.lookback,
        options=source.table,
    )


def as_asked(job: Job, until: str | None, *, full_refresh: bool) -> Job:
    """The same, as far as a run asks for it: up to a value of its watermark, or all of it anew."""
    return evolve(job, until=until, mode=Mode.FULL if full_refresh else job.mode)
