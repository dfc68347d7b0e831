"""`lakekit quarantine list` and `lakekit quarantine show`."""

from __future__ import annotations

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation


@click.group(short_help="The rows that a contract rejected, and why.")
def command() -> None:
    """The rows that a contract rejected, and why."""


@command.command("list", short_help="How many rows each rule rejected.")
@click.argument("datasets", metavar="[DATASET]...", nargs=-1, shell_complete=completing.datasets)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def list_(invocation: Invocation, datasets: tuple[str, ...], as_json: bool) -> None:
    """How many rows each rule rejected: of DATASETs, or of all of the project."""
    from lakekit.cli import console, documents, render

    with invocation.application() as app:
        summaries = app.quarantine_summary(datasets)
    if as_json:
        console.document(documents.quarantines(summaries))
    else:
        console.out(render.quarantines(summaries))


@command.command("show", short_help="Rejected rows, with their reasons and values.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.option("--reason", metavar="CODE", help="Only rows that this rule rejected, such as cast_failed.")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most this many rows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def show(invocation: Invocation, dataset: str, reason: str | None, limit: int, as_json: bool) -> None:
    """Rejected rows of DATASET, newest batch first: where they stood, why, and their values.

    Values of personal columns are shown as hashes.
    """
    from lakekit.cli import console, documents, render

    with invocation.application() as app:
        rows = app.quarantine_rows(dataset, reason, limit)
    if as_json:
        console.document(documents.rows(dataset, rows))
    else:
        console.out(render.quarantined_rows(rows))
