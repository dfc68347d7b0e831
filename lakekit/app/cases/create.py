"""A case from rows of the lake: what the transform makes of them is what it shall make of them."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from lakekit.app.cases.bench import Bench, at_moment, build_once, deliver, made
from lakekit.app.cases.catalogue import Catalogue
from lakekit.app.cases.moment import asks_the_time, in_case
from lakekit.app.cases.sample import Sampled, Wish, sample
from lakekit.app.cases.typed import Prepared, Texts
from lakekit.app.tools import Tools
from lakekit.app.transform.job import TransformJob
from lakekit.domain.alike import alike
from lakekit.domain.errors import ConfigError
from lakekit.domain.report import BuildReport
from lakekit.domain.schema import TableColumn
from lakekit.domain.transform_case import TransformCase


@frozen
class NewCase:
    """The rows of each input, and what comes of them; `now` where the query asks. `left_out` names the columns of
    inputs that a case cannot have."""

    inputs: dict[str, Sampled]
    expected: Sampled
    now: datetime | None
    left_out: frozenset[str]


def create(tools: Tools, bench: Bench, catalogue: Catalogue, name: str, wish: Wish, key: bytes) -> NewCase:
    """Pick rows of the lake behind `tools`, put fakes for personal values, and run the transform `name` on them in the
    empty lake of `bench`. Raises ConfigError as `sample` does, and where the transform does not run on these rows."""
    job, *then = catalogue.steps(name)
    inputs, left_out = sample(tools, catalogue, job, wish, key)
    now = bench.tools.clock.now().replace(microsecond=0) if asks_the_time(job) else None
    case = TransformCase("new", name, ({},), (), "", {}, now=now)
    columns = {name: told.columns for name, told in inputs.items()}
    stopped = in_case(job, now)
    prepared = Prepared(case, stopped, columns, ({name: told.rows for name, told in inputs.items()},))
    bench = at_moment(bench, now)
    deliver(bench, _widened(prepared, catalogue), 0)
    steps = (stopped, *(in_case(step, None) for step in then))
    report = build_once(bench, steps)
    if report.failure:
        raise _failed(job, report)
    return NewCase(dict(inputs), _made(bench, steps[-1]), now, left_out)


def _widened(prepared: Prepared, catalogue: Catalogue) -> Prepared:
    """With the columns that the case leaves out, which have no value when it is run."""
    columns: dict[str, tuple[TableColumn, ...]] = {}
    rows: dict[str, tuple[Texts, ...]] = {}
    for name, told in prepared.columns.items():
        names = {c.name for c in told}
        more = tuple(c for c in catalogue.columns(name) if c.name not in names)
        columns[name] = (*told, *more)
        rows[name] = tuple((*row, *(None for _ in more)) for row in prepared.deliveries[0][name])
    return evolve(prepared, columns=columns, deliveries=(rows,))


def _made(bench: Bench, job: TransformJob) -> Sampled:
    """In an order that is the rows' own; without lakekit's columns where they are only handed on empty, or are a hash
    that tells nobody anything."""
    dimension = job.transform.dimension
    hashes = (dimension.names.version_key,) if dimension else ()
    columns, rows = made(bench, job)
    told = [[alike(c, t.type) for c, t in zip(row, columns, strict=True)] for row in rows]
    kept = [
        i
        for i, c in enumerate(columns)
        if not c.name.startswith("_") or (c.name not in hashes and any(row[i] is not None for row in told))
    ]
    ordered = sorted((tuple(row[i] for i in kept) for row in told), key=str)
    return Sampled(tuple(columns[i] for i in kept), tuple(ordered))


def _failed(job: TransformJob, report: BuildReport) -> ConfigError:
    lines = report.failure.lines if report.failure else ()
    return ConfigError(
        "case.not_made",
        f"{job.transform.name} does not run on the rows that were picked",
        where=job.transform.place,
        why=" ".join(line.strip() for line in lines[:3]),
        next="pick others with --key, or write the case by hand; fakes may break a rule of the contract",
    )
