"""`lakekit ingest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.compose import Application
    from lakekit.project.selection import Selection


@click.command(short_help="Read what is new into the bronze tables.")
@selecting
@click.option("--until", metavar="VALUE", help="Read no further than this value of the watermark column.")
@click.option("--full-refresh", is_flag=True, help="Load all of each dataset anew, in place of what its table has.")
@click.option("--dry-run", is_flag=True, help="Show what would be read, and read nothing.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, help="Datasets at a time; 1 by default.")
@click.option("--fail-fast", is_flag=True, help="Begin no other dataset after one that failed or is held.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(
    ctx: click.Context,
    selection: Selection,
    until: str | None,
    full_refresh: bool,
    dry_run: bool,
    jobs: int,
    fail_fast: bool,
    as_json: bool,
) -> None:
    """Read what is new into the bronze tables: of DATASETs, or of all of the project.

    Safe to repeat, and to stop at any moment: the next run goes on from the last finished step.
    """
    from lakekit.cli import console, documents, render
    from lakekit.cli.progress import progress

    invocation: Invocation = ctx.obj
    with progress(wanted=not (as_json or dry_run)) as reporter, invocation.application(reporter) as app:
        if dry_run:
            ctx.exit(_plan(app, selection, until, full_refresh=full_refresh, as_json=as_json))
        report = app.ingest(selection, until, full_refresh=full_refresh, fail_fast=fail_fast, at_once=jobs)
    if as_json:
        console.document(documents.run(report))
    else:
        console.out(render.books(report, console.width()))
    console.err(render.problems(report))
    console.err(render.next_steps(report))
    ctx.exit(report.exit_code)


def _plan(app: Application, selection: Selection, until: str | None, *, full_refresh: bool, as_json: bool) -> int:
    from lakekit.cli import console, plans

    planned = app.plan(selection, until, full_refresh=full_refresh)
    if as_json:
        console.document(plans.document(planned))
    else:
        console.out(plans.lines(planned, console.width()))
    console.err(plans.problems(planned))
    return plans.exit_code(planned)
