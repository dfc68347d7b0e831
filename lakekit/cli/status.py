"""`lakekit status`."""

from __future__ import annotations

import click

from lakekit.cli.invocation import Invocation


@click.command(short_help="Where each dataset stands.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> None:
    """Where each dataset stands: its newest batch, how far it has been read, its quarantine."""
    from lakekit.cli import console, documents, render

    with invocation.application() as app:
        datasets = app.status()
    if as_json:
        console.document(documents.status(datasets))
    else:
        console.out(render.status(datasets, console.width()))
