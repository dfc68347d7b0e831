"""A real `ingest` in a process of its own, with a fault at one of its port calls. Run as a script by the sweep.

Arguments: the project's folder, then a fault such as `kill:before:12` or `none`, then the file for the record of calls
or `none`, then the datasets. Ends with the exit code of the run; a killed one ends by SIGKILL.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from attrs import evolve

from lakekit.app.ingest import ingest
from lakekit.app.tools import Job
from lakekit.compose import application
from lakekit.domain.report import RunReport
from lakekit.testing.fakes import SilentReporter
from lakekit.testing.faults import Injector, parse_fault

PORTS = ("engine", "tables", "landing", "state", "lineage", "metrics")


def main(project: str, fault: str, record: str, *names: str) -> int:
    injector = Injector(None if fault == "none" else parse_fault(fault), None if record == "none" else Path(record))
    with application(Path(project), None, SilentReporter()) as app:
        tools = evolve(app.tools, **{port: injector.wrap(port, getattr(app.tools, port)) for port in PORTS})
        jobs = [_wrapped(job, injector) for job in app.jobs(names)]
        batches = tuple(report for job in jobs for report in ingest(tools, job, app.run))
    report = RunReport(app.run.id, batches)
    for batch in batches:
        print(batch.dataset, batch.ending.value, *(batch.failure.lines if batch.failure else ()))
    return report.exit_code


def _wrapped(job: Job, injector: Injector) -> Job:
    source: Any = job.source
    return evolve(job, source=lambda: injector.wrap("source", source()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
