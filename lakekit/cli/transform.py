"""`lakekit transform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.project.selection import Selection


@click.command(short_help="Build silver and gold from what is new.")
@selecting
@click.option("--full-refresh", is_flag=True, help="Make each table anew from all rows.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, help="Transforms at a time; 1 by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, selection: Selection, full_refresh: bool, jobs: int, as_json: bool) -> None:
    """Bring the tables of the project's transforms up to date: of DATASETs, or of all.

    Each is built after those that it reads; one whose inputs have not changed is left alone. `+silver.orders` selects
    all that silver.orders is made from too, `silver.orders+` all that is made from it, `tag:daily` by tag, and
    `path:transforms/gold` by folder. Safe to repeat, and to stop at any moment.
    """
    from lakekit.cli import builds, console
    from lakekit.cli.progress import progress

    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter) as app:
        report = app.transform(selection, refresh=full_refresh, at_once=jobs)
    if as_json:
        console.document(
            {"run_id": report.run_id, "exit_code": report.exit_code, "builds": builds.document(report.builds)}
        )
    else:
        console.out(builds.lines(report.builds, console.width()))
    console.err(builds.problems(report.builds))
    ctx.exit(report.exit_code)
