"""A transform as it is in a case: at a moment that stands still, and without checks of whole batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import evolve

from lakekit.app.transform.compiling import conditions
from lakekit.app.transform.job import TransformJob
from lakekit.sql.query.moments import at, reads_the_clock


def asks_the_time(job: TransformJob) -> bool:
    """Whether its query or a condition of its options does, or its events are of the moment of reading; of a function
    that is not known."""
    dimension = job.transform.dimension
    if dimension and not dimension.sequence_by:
        return True
    texts = (job.body, *conditions(job.transform).values())
    return any(isinstance(told, str) and reads_the_clock(told) for told in texts)


def in_case(job: TransformJob, now: datetime | None) -> TransformJob:
    """The transform with its query at the moment `now`, where one is given. Checks of the suite are about whole
    batches: a few rows need not pass them. The contract holds."""
    transform = evolve(job.transform, checks=())
    if now is None or not isinstance(job.body, str):
        return evolve(job, transform=transform)
    stopped: dict[str, Any] = {option: at(condition, now) for option, condition in conditions(transform).items()}
    if transform.dimension:
        transform = evolve(transform, dimension=evolve(transform.dimension, **stopped))
    else:
        transform = evolve(transform, **stopped)
    return evolve(job, transform=transform, body=at(job.body, now))
