"""Real runs of `ingest`, `table restore`, `run` or `adopt`, each in a process of its own, with a fault at one of its
port calls.

Run as a script it serves the tests: it imports once and forks for every run, because starting Python costs more than
the small ingests here. Only what is safe to fork is loaded before: delta-rs and DuckDB begin their work, and their
threads, in the child. Requests and answers are lines of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve, frozen

from lakekit.app.ingest import ingest
from lakekit.app.restorable import of_stream
from lakekit.app.restore import Restorable
from lakekit.app.restore import restore as restore_table
from lakekit.app.telemetry import Silent
from lakekit.app.tools import Job, Tools
from lakekit.app.transform.adopt import Asked, Old
from lakekit.compose import Application, application
from lakekit.compose.transforms import Transforms
from lakekit.domain.adoption import Intervals
from lakekit.domain.errors import LakekitError
from lakekit.domain.report import BuildReport, RunReport
from lakekit.plugin.manager import load_plugins
from lakekit.project.selection import EVERYTHING, Selection
from lakekit.testing.fake_runtime import EngineRuntime
from lakekit.testing.faults import Injector, parse_fault

PORTS = ("engine", "tables", "landing", "state", "lineage", "metrics")
PATIENCE = 300.0
WARM = (
    *("cattrs", "duckdb", "sqlglot.dialects.duckdb", "lakekit_delta.store", "lakekit_duckdb.engine"),
    *("lakekit_files.source", "lakekit_local.landing", "lakekit_local.state_store"),
)
"""What every run imports, as far as it starts no thread."""


@frozen
class Wrapping:
    """How ports are wrapped: all calls of PORTS count, or, with `only`, those of one method alone: `tables.commit`."""

    injector: Injector
    only: str | None

    def port(self, name: str, port: Any) -> Any:
        wrapped = self.injector.wrap(name, port)
        if self.only is None:
            return wrapped if name in (*PORTS, "source", "runtime") else port
        watched, _, method = self.only.partition(".")
        return OneMethod(port, method, getattr(wrapped, method)) if name == watched else port

    def source(self, job: Job) -> Job:
        made: Any = job.source
        return evolve(job, source=lambda progress: self.port("source", made(progress)))


class OneMethod:
    """A port of which one method is another."""

    def __init__(self, port: Any, name: str, method: Any) -> None:
        self._port = port
        setattr(self, name, method)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


def wrapping(fault: str | None, record: str | None) -> Wrapping:
    """From `kill:before:12`, the twelfth call of all, or `pause:after:tables.commit:2`, the second of that method."""
    told = fault.split(":") if fault else []
    only = told.pop(2) if len(told) == 4 else None
    return Wrapping(Injector(parse_fault(":".join(told)) if told else None, Path(record) if record else None), only)


def run(
    project: str,
    names: list[str],
    fault: str | None,
    record: str | None,
    restore: int | None,
    builds: bool,
    adopts: list[str] | None,
) -> int:
    """Ingest, or put bronze back to version `restore`, with `builds` the table of a transform, or with `builds` ingest
    and then build all transforms, or make a dimension adopt a table, the two that `adopts` names; tell each ending on
    stdout; the exit code. Of a run with builds, the calls of the builds alone count."""
    wrap, selection = wrapping(fault, record), Selection(tuple(names))
    with application(Path(project), None, Silent()) as app:
        tools = evolve(app.tools, **{p: wrap.port(p, getattr(app.tools, p)) for p in (*PORTS, "reporter")})
        if restore is not None:
            return put_back(tools, restorables(app, tools, names, builds), restore)
        if adopts:
            report = RunReport(app.run.id, builds=(adopt(app, tools, wrap, *adopts),))
        elif builds:
            batches = tuple(b for job in app.jobs(selection) for b in ingest(app.tools, job, app.run))
            report = RunReport(app.run.id, batches, build(app, tools, wrap))
        else:
            batches = tuple(b for job in app.jobs(selection) for b in ingest(tools, wrap.source(job), app.run))
            report = RunReport(app.run.id, batches)
    for part in (*report.batches, *report.builds):
        print(part.dataset, part.ending.value, *(part.failure.lines if part.failure else ()))
    return report.exit_code


def put_back(tools: Tools, tables: list[Restorable], version: int) -> int:
    """The exit code of restores to this version."""
    try:
        for table in tables:
            restore_table(tools, table, version, lambda _: None, dry_run=False)
    except LakekitError as error:
        print(*error.lines(), sep="\n")
        return error.exit_code
    return 0


def restorables(app: Application, tools: Tools, names: list[str], builds: bool) -> list[Restorable]:
    """The tables of transforms, or bronze."""
    if not builds:
        return [of_stream(tools, job, quarantine=False) for job in app.jobs(Selection(tuple(names)))]
    transforms = Transforms(app.settings, lambda: tools, app.runtime)
    return [transforms.restorable(name) for name in names]


def build(app: Application, tools: Tools, wrap: Wrapping) -> tuple[BuildReport, ...]:
    """All transforms, one after another, their queries run by the engine."""
    with TemporaryDirectory(dir=app.settings.root) as work:
        runtime = EngineRuntime(app.tools.engine, Path(work))
        transforms = Transforms(app.settings, lambda: tools, lambda: wrap.port("runtime", runtime))
        return transforms.build(EVERYTHING, app.run)


def adopt(app: Application, tools: Tools, wrap: Wrapping, name: str, source: str) -> BuildReport:
    """The history of a table, whose versions hold from `since` until `until`, made a dimension's."""
    with TemporaryDirectory(dir=app.settings.root) as work:
        runtime = EngineRuntime(app.tools.engine, Path(work))
        transforms = Transforms(app.settings, lambda: tools, lambda: wrap.port("runtime", runtime))
        old = Old(tools.tables, PurePosixPath(source), source)
        return transforms.adopt(name, Asked(old, Intervals("since", "until")), app.run).build


def start(output: str, **arguments: Any) -> int:
    """The pid of a run in a process of its own, whose stdout is the file `output`."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        code = run(**arguments)
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - the child must never go on as the server
        traceback.print_exc()
    finally:
        os._exit(code)


def wait(pid: int) -> int | None:
    """The exit code, or minus the signal that ended it; None when it was stopped. One that hangs is aborted."""
    until = time.monotonic() + PATIENCE
    while True:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if found:
            return None if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.kill(pid, signal.SIGABRT)
            until += PATIENCE
        time.sleep(0.005)


def serve() -> None:
    """Answer until stdin ends: `{"start": {...}}` with a pid, `{"wait": pid}` with an exit code."""
    for module in WARM:
        import_module(module)
    load_plugins()
    for line in sys.stdin:
        told = json.loads(line)
        answer = start(**told["start"]) if "start" in told else wait(told["wait"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
