"""`lakekit ingest`."""

from __future__ import annotations

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting


@click.command(short_help="Read what is new into the bronze tables.")
@click.argument("datasets", metavar="[DATASET]...", nargs=-1)
@selecting
@click.option("--until", metavar="VALUE", help="Read no further than this value of the watermark column.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(
    ctx: click.Context, datasets: tuple[str, ...], select: tuple[str, ...], until: str | None, as_json: bool
) -> None:
    """Read what is new into the bronze tables: of DATASETs, or of all of the project.

    Safe to repeat, and to stop at any moment: the next run goes on from the last finished step.
    """
    from lakekit.cli import console, documents, render
    from lakekit.cli.progress import progress

    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter) as app:
        report = app.ingest((*datasets, *select), until=until)
    if as_json:
        console.document(documents.run(report))
    else:
        console.out(render.books(report, console.width()))
    console.err(render.problems(report))
    ctx.exit(report.exit_code)
