"""`lakekit run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.domain.report import RunPlan
    from lakekit.project.selection import Selection


@click.command(short_help="Ingest what is new, and build what is made from it.")
@selecting
@click.option("--full-refresh", is_flag=True, help="Load and build everything anew.")
@click.option(
    "--plan",
    "planned",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Do what `lakekit plan --json` wrote there, exactly, or nothing.",
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, help="Datasets at a time; 1 by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(
    ctx: click.Context, selection: Selection, full_refresh: bool, planned: Path | None, jobs: int, as_json: bool
) -> None:
    """Read what is new into bronze, then build the silver and gold that are made from it.

    A dataset that fails, or is held, stops what is made from it, and nothing else. Safe to repeat, and to stop at any
    moment.

    With --plan nothing is done unless the lake, the sources and the code are as they were when it was made.
    """
    from lakekit.cli import builds, console, documents, render
    from lakekit.cli.progress import progress

    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter) as app:
        if planned is None:
            report = app.run_all(selection, refresh=full_refresh, at_once=jobs)
        else:
            report = app.run_plan(_read(planned, selection, full_refresh=full_refresh), at_once=jobs)
    if as_json:
        console.document({**documents.run(report), "builds": builds.document(report.builds)})
    else:
        console.out(render.books(report, console.width()) if report.batches else [])
        console.out(["", *builds.lines(report.builds, console.width())] if report.builds else [])
    console.err([*render.problems(report), *builds.problems(report.builds)])
    console.err(render.next_steps(report))
    ctx.exit(report.exit_code)


def _read(file: Path, selection: Selection, *, full_refresh: bool) -> RunPlan:
    from lakekit.app.exact import read_plan

    if selection.names or selection.exclude or full_refresh:
        raise click.UsageError("A plan says which datasets are meant, and how: leave out what selects others.")
    return read_plan(file.read_text("utf-8"), str(file))
