"""Datasets side by side: each is independent of the others, so a run may work on several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from lakekit.app.ingest import ingest
from lakekit.app.tools import Job, Run, Tools
from lakekit.domain.report import BatchReport, Ending, RunReport


def ingest_all(
    tools: Tools, jobs: Sequence[Job], run: Run, *, at_once: int = 1, fail_fast: bool = False
) -> tuple[BatchReport, ...]:
    """The batches of all jobs, in their order, `at_once` jobs at a time. With `fail_fast` none begins after one that
    did not end well.

    A KeyboardInterrupt leaves at once, and the other threads to themselves: to end the process then is as safe as any
    kill.
    """
    stop = threading.Event()

    def one(job: Job) -> tuple[BatchReport, ...]:
        if stop.is_set():
            return (BatchReport(str(job.dataset), Ending.NOT_RUN),)
        batches = tuple(ingest(tools, job, run))
        if fail_fast and RunReport(run.id, batches).exit_code:
            stop.set()
        return batches

    return tuple(batch for batches in _each(one, jobs, min(at_once, len(jobs)), stop) for batch in batches)


def _each(
    one: Callable[[Job], tuple[BatchReport, ...]], jobs: Sequence[Job], at_once: int, stop: threading.Event
) -> list[tuple[BatchReport, ...]]:
    """In this thread where there is no other: a query is then stopped by an interrupt, which only it sees."""
    if at_once <= 1:
        return [one(job) for job in jobs]
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="lakekit")
    try:
        done = list(pool.map(one, jobs))
    except BaseException:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return done
