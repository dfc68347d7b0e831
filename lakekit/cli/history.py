"""`lakekit history`."""

from __future__ import annotations

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation


@click.command(short_help="The batches of datasets, newest first.")
@click.argument("datasets", metavar="[DATASET]...", nargs=-1, shell_complete=completing.datasets)
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most this many of each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(invocation: Invocation, datasets: tuple[str, ...], limit: int, as_json: bool) -> None:
    """The batches of DATASETs, or of all, newest first: how each ended, its books, and how far it read."""
    from lakekit.cli import batches, console

    with invocation.application() as app:
        found = app.history(datasets, limit)
    if as_json:
        console.document(batches.document(found))
    else:
        console.out(batches.lines(found, console.width()))
