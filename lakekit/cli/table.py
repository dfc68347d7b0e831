"""`lakekit table show` and `lakekit table history`."""

from __future__ import annotations

import click

from lakekit.cli.invocation import Invocation


@click.group(short_help="What a table is made of, and its versions.")
def command() -> None:
    """What a table is made of, and its versions."""


@command.command("show", short_help="Columns, files and bytes of a table.")
@click.argument("dataset")
@click.option("--quarantine", is_flag=True, help="The table of its rejected rows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def show(invocation: Invocation, dataset: str, quarantine: bool, as_json: bool) -> None:
    """The newest version of DATASET's table: its columns, files and bytes."""
    from lakekit.cli import console, documents, render

    with invocation.application() as app:
        detail = app.table(dataset, quarantine=quarantine)
    if as_json:
        console.document(documents.table(detail))
    else:
        console.out(render.table(detail))


@command.command("options", short_help="How a table differs from the settings.")
@click.argument("datasets", metavar="[DATASET]...", nargs=-1)
@click.option("--apply", is_flag=True, help="Change the table.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def options(invocation: Invocation, datasets: tuple[str, ...], apply: bool, as_json: bool) -> None:
    """How the tables of DATASETs, or of all, differ from `table:` in the settings: constraints, the feed of changes,
    retention. A table that is made now is made as the settings say; one that is there changes with --apply only.
    """
    from lakekit.cli import console, documents, render

    with invocation.application() as app:
        reports = app.table_options(datasets, apply=apply)
    if as_json:
        console.document(documents.table_options(reports))
    else:
        console.out(render.table_options(reports))


@command.command("history", short_help="The versions of a table, newest first.")
@click.argument("dataset")
@click.option("--quarantine", is_flag=True, help="The table of its rejected rows.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most this many versions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def history(invocation: Invocation, dataset: str, quarantine: bool, limit: int, as_json: bool) -> None:
    """The versions of DATASET's table, newest first: when and how each was made, and how far it had been read then.

    What others did to the table is here too, without a batch.
    """
    from lakekit.cli import console, documents, render

    with invocation.application() as app:
        versions = app.table_history(dataset, limit, quarantine=quarantine)
    if as_json:
        console.document(documents.table_history(versions))
    else:
        console.out(render.table_history(versions))
