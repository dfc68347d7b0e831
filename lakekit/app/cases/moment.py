"""A transform as it is in a case: at a moment that stands still, and without checks of whole batches."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from lakekit.app.transform.job import TransformJob
from lakekit.sql.query.moments import at, reads_the_clock


def asks_the_time(job: TransformJob) -> bool:
    """Whether its query, or its `delete_when`, does; of a function that is not known."""
    texts = (job.body, job.transform.delete_when)
    return any(isinstance(told, str) and reads_the_clock(told) for told in texts)


def in_case(job: TransformJob, now: datetime | None) -> TransformJob:
    """The transform with its query at the moment `now`, where one is given. Checks of the suite are about whole
    batches: a few rows need not pass them. The contract holds."""
    transform = evolve(job.transform, checks=())
    if now is None or not isinstance(job.body, str):
        return evolve(job, transform=transform)
    condition = transform.delete_when
    stopped = at(condition, now) if condition else None
    return evolve(job, transform=evolve(transform, delete_when=stopped), body=at(job.body, now))
