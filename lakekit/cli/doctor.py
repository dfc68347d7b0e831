"""`lakekit doctor`."""

from __future__ import annotations

import click

from lakekit.cli.invocation import Invocation


@click.command(short_help="What works here, and what mends the rest.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """What works here and what is broken, with the line that mends it; exits with 1 when something is."""
    from lakekit.cli import console, documents, render
    from lakekit.domain.errors import LakekitError

    invocation: Invocation = ctx.obj
    try:
        with invocation.application() as app:
            findings = app.doctor()
    except LakekitError as error:
        findings = (render.unusable(error),)
    if as_json:
        console.document(documents.doctor(findings))
    else:
        console.out(render.doctor(findings))
    ctx.exit(0 if all(finding.ok for finding in findings) else 1)
