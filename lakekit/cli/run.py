"""`lakekit run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.project.selection import Selection


@click.command(short_help="Ingest what is new, and build what is made from it.")
@selecting
@click.option("--full-refresh", is_flag=True, help="Load and build everything anew.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, help="Datasets at a time; 1 by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, selection: Selection, full_refresh: bool, jobs: int, as_json: bool) -> None:
    """Read what is new into bronze, then build the silver and gold that are made from it.

    A dataset that fails, or is held, stops what is made from it, and nothing else. Safe to repeat, and to stop at any
    moment.
    """
    from lakekit.cli import builds, console, documents, render
    from lakekit.cli.progress import progress

    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter) as app:
        report = app.run_all(selection, refresh=full_refresh, at_once=jobs)
    if as_json:
        console.document({**documents.run(report), "builds": builds.document(report.builds)})
    else:
        console.out(render.books(report, console.width()) if report.batches else [])
        console.out(["", *builds.lines(report.builds, console.width())] if report.builds else [])
    console.err([*render.problems(report), *builds.problems(report.builds)])
    console.err(render.next_steps(report))
    ctx.exit(report.exit_code)
