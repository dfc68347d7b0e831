"""Doctor: is everything there that a run needs?"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from lakekit.app.tools import Job, Tools
from lakekit.domain.errors import LakekitError
from lakekit.domain.report import Finding
from lakekit.ports.progress import NOBODY
from lakekit.sql.probe import probe_query


def examine(
    lake: str,
    problems: Mapping[str, str],
    tools: Callable[[], Tools],
    jobs: Callable[[], tuple[Job, ...]],
    machine: Callable[[], Sequence[Finding]] = tuple,
) -> Iterator[Finding]:
    """Findings, the cheap ones first. `problems` are the plugins that could not be loaded, by name; `machine` is what
    the others say of this machine."""
    yield Finding("python", True, f"{platform.python_version()} on {platform.system()}")
    yield Finding("lake", True, lake)
    for name, problem in problems.items():
        yield Finding(f"plugin {name}", False, problem, "reinstall or remove the distribution")
    if not problems:
        yield Finding("plugins", True, "all load")
    yield from machine()
    yield _tried("adapters", lambda: f"engine, tables and state for {len(_states(tools()))} records")
    yield _tried("engine", lambda: _engine(tools()))
    yield _lineage(tools)
    for job in _listed(jobs):
        yield _tried(f"source {job.dataset.name}", partial(_source, job))


def _states(tools: Tools) -> tuple[str, ...]:
    return tools.state.keys("")


def _engine(tools: Tools) -> str:
    """It has to answer: only then are its Java, its server and its memory known to be there."""
    tools.engine.rows(probe_query(), {})
    return "answers"


def _lineage(tools: Callable[[], Tools]) -> Finding:
    """Events that wait are a fault only where an attempt failed: the next run sends the others."""
    try:
        waiting = tools().lineage.waiting()
    except LakekitError as error:
        return Finding("lineage", False, f"{error.code}: {error.what}", error.next or error.why)
    told = [f"{waiting.events} events wait" + (f", as {waiting.why}" if waiting.why else "")] if waiting.events else []
    told += [f"{waiting.refused} were refused"] if waiting.refused else []
    told += [waiting.why] if waiting.why and not told else []
    told += [f"{waiting.dropped} were dropped, as more waited than may"] if waiting.dropped else []
    well = not waiting.refused and not waiting.why
    hint = "" if well else "check `url` and `api_key` under `lineage`; the next run sends them"
    return Finding("lineage", well, "; ".join(told) or "no event waits", hint)


def _source(job: Job) -> str:
    job.source(NOBODY)
    return f"{job.mode.value}, contract {job.contract.name} with {len(job.contract.columns)} columns"


def _listed(jobs: Callable[[], tuple[Job, ...]]) -> tuple[Job, ...]:
    try:
        return jobs()
    except LakekitError:
        return ()


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except LakekitError as error:
        return Finding(name, False, f"{error.code}: {error.what}", error.next or error.why)
    except Exception as error:  # noqa: BLE001  # whatever is broken, the other findings are still wanted
        return Finding(name, False, f"{type(error).__name__} where none was expected", "run it again with --debug")
