"""Several transforms: each after those that it reads, independent ones side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from lakekit.app.tools import Run
from lakekit.app.transform.build import build
from lakekit.app.transform.compiling import graph_of
from lakekit.app.transform.job import TransformJob, Wanted, Workshop
from lakekit.app.transform.report import not_run
from lakekit.domain.build import NO_PINS, Pin
from lakekit.domain.graph import ordered
from lakekit.domain.names import parse_dataset
from lakekit.domain.report import BuildReport
from lakekit.ports.table_store import TableStore


def transform_all(
    workshop: Workshop,
    jobs: Sequence[TransformJob],
    run: Run,
    *,
    refresh: bool = False,
    at_once: int = 1,
    failed: Collection[str] = (),
    pinned: Mapping[str, Pin] = NO_PINS,
) -> tuple[BuildReport, ...]:
    """Build the transforms, in an order in which each finds its inputs made, `at_once` at a time. One that fails, or is
    held, stops those that read it, directly or not, and no other; so do datasets that have `failed` before.

    Inputs that none of the jobs makes are read at one version by all, that of `pinned` where it names them: a commit
    meanwhile is of the next run.
    """
    waiting = {job.transform.name: job for job in jobs}
    graph = graph_of(jobs)
    pins = _pins(workshop.tools.tables, [n for inputs in graph.values() for n in inputs if n not in waiting])
    pins = {**pins, **pinned}
    order = ordered(graph)
    done: dict[str, BuildReport] = {}
    bad = set(failed)
    with ThreadPoolExecutor(max(1, at_once), thread_name_prefix="lakekit") as pool:
        running: dict[Future[BuildReport], str] = {}
        while len(done) < len(order):
            for name in [n for n in order if n in waiting and len(running) < at_once]:
                job = waiting[name]
                if stopped := next((i for i in job.transform.input_names if i in bad), None):
                    done[name] = not_run(name, stopped)
                    bad.add(name)
                    del waiting[name]
                elif not set(job.transform.input_names) & (waiting.keys() | set(running.values())):
                    wanted = Wanted(refresh, pins)
                    running[pool.submit(build, workshop, job, run, wanted)] = name
                    del waiting[name]
            finished, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), None)
            for future in finished:
                name = running.pop(future)
                done[name] = future.result()
                if not done[name].ending.well:
                    bad.add(name)
    return tuple(done[name] for name in order)


def _pins(tables: TableStore, names: Collection[str]) -> Mapping[str, Pin]:
    """The newest version of each of these datasets that has a table."""
    found = {name: tables.snapshot(parse_dataset(name).table) for name in sorted(set(names))}
    return {name: Pin(name, told.table_id, told.version) for name, told in found.items() if told}
