"""`lakekit ingest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.project.selection import Selection


@click.command(short_help="Read what is new into the bronze tables.")
@selecting
@click.option("--until", metavar="VALUE", help="Read no further than this value of the watermark column.")
@click.option("--fail-fast", is_flag=True, help="Begin no other dataset after one that failed or is held.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, selection: Selection, until: str | None, fail_fast: bool, as_json: bool) -> None:
    """Read what is new into the bronze tables: of DATASETs, or of all of the project.

    Safe to repeat, and to stop at any moment: the next run goes on from the last finished step.
    """
    from lakekit.cli import console, documents, render
    from lakekit.cli.progress import progress

    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter) as app:
        report = app.ingest(selection, until, fail_fast=fail_fast)
    if as_json:
        console.document(documents.run(report))
    else:
        console.out(render.books(report, console.width()))
    console.err(render.problems(report))
    ctx.exit(report.exit_code)
