"""`lakekit plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.project.selection import Selection


@click.command(short_help="Show what a run would do, and why.")
@selecting
@click.option("--full-refresh", is_flag=True, help="As if each table were made anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, which `run --plan` takes.")
@click.pass_context
def command(ctx: click.Context, selection: Selection, full_refresh: bool, as_json: bool) -> None:
    """Show what `lakekit run` would read and build, in that order, and why. Nothing is run or changed."""
    from lakekit.app.exact import KEY, exact
    from lakekit.cli import builds, console, plans

    invocation: Invocation = ctx.obj
    with invocation.application() as app:
        planned = app.plan_run(selection, refresh=full_refresh)
    if as_json:
        told = plans.document(planned.datasets)
        console.document({**told, "transforms": builds.plan_document(planned.builds), KEY: exact(planned)})
    else:
        console.out(plans.lines(planned.datasets, console.width()) if planned.datasets else [])
        console.out(["", *builds.plan_lines(planned.builds)] if planned.builds else [])
    console.err([*plans.problems(planned.datasets), *builds.plan_problems(planned.builds)])
    ctx.exit(planned.exit_code)
