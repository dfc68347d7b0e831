"""`lakekit table`: show, history, diff, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.domain.versions import Restoring


@click.group(short_help="What a table is made of, and its versions.")
def command() -> None:
    """What a table is made of, and its versions."""


@command.command("show", short_help="Columns, files and bytes of a table.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.option("--quarantine", is_flag=True, help="The table of its rejected rows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def show(invocation: Invocation, dataset: str, quarantine: bool, as_json: bool) -> None:
    """The newest version of DATASET's table: its columns, files and bytes."""
    from lakekit.cli import console, documents, tables

    with invocation.application() as app:
        detail = app.table(dataset, quarantine=quarantine)
    if as_json:
        console.document(documents.table(detail))
    else:
        console.out(tables.shown(detail))


@command.command("options", short_help="How a table differs from the settings.")
@click.argument("datasets", metavar="[DATASET]...", nargs=-1, shell_complete=completing.datasets)
@click.option("--apply", is_flag=True, help="Change the table.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def options(invocation: Invocation, datasets: tuple[str, ...], apply: bool, as_json: bool) -> None:
    """How the tables of DATASETs, or of all, differ from `delta:` in the settings: constraints, the feed of changes,
    retention. A table that is made now is made as the settings say; one that is there changes with --apply only.
    """
    from lakekit.cli import console, documents, tables

    with invocation.application() as app:
        reports = app.table_options(datasets, apply=apply)
    if as_json:
        console.document(documents.table_options(reports))
    else:
        console.out(tables.options(reports))


@command.command("history", short_help="The versions of a table, newest first.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.option("--quarantine", is_flag=True, help="The table of its rejected rows.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most this many versions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def history(invocation: Invocation, dataset: str, quarantine: bool, limit: int, as_json: bool) -> None:
    """The versions of DATASET's table, newest first: when and how each was made, and how far it had been read then.

    What others did to the table is here too, without a batch.
    """
    from lakekit.cli import console, documents, tables

    with invocation.application() as app:
        versions = app.table_history(dataset, limit, quarantine=quarantine)
    if as_json:
        console.document(documents.table_history(versions))
    else:
        console.out(tables.history(versions))


@command.command("diff", short_help="What changed between two versions of a table.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.argument("from_", metavar="FROM", type=click.IntRange(min=0))
@click.argument("to", type=click.IntRange(min=0), required=False)
@click.option("--quarantine", is_flag=True, help="The table of its rejected rows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def diff(invocation: Invocation, dataset: str, from_: int, to: int | None, quarantine: bool, as_json: bool) -> None:
    """What changed in DATASET's table from version FROM to version TO, or to the newest.

    Columns, files, and the rows that came and went, by batch. Rows are compared by their values, so a rewrite such as
    OPTIMIZE changes none. No value is shown.
    """
    from lakekit.cli import console, documents, tables

    with invocation.application() as app:
        difference = app.table_diff(dataset, from_, to, quarantine=quarantine)
    if as_json:
        console.document(documents.table_diff(difference))
    else:
        console.out(tables.diff(difference))


@command.command("restore", short_help="Put a table back to an older version.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.argument("version", type=click.IntRange(min=0))
@click.option("--quarantine", is_flag=True, help="The table of its rejected rows.")
@click.option("--dry-run", is_flag=True, help="Show what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def restore(invocation: Invocation, dataset: str, version: int, quarantine: bool, dry_run: bool, as_json: bool) -> None:
    """Put DATASET's table back to VERSION: its rows, columns and properties, and how far it has been read or built.

    What the newer versions brought is read again by the next ingest, or build: it is told here what that will do. No
    file is removed: restoring the version from before takes it back, until a vacuum. The quarantine stays as it is, so
    no rejected row is lost, and those that are read again are recognised. With --quarantine it is put back itself, to
    versions that lack no batch's rows.
    """
    from lakekit.cli import console, restores

    def announce(plan: Restoring) -> None:
        console.err(restores.restoring(plan, dry_run=dry_run))

    with invocation.application() as app:
        report = app.table_restore(dataset, version, announce, quarantine=quarantine, dry_run=dry_run)
    if as_json:
        console.document(restores.document(report))
    else:
        console.out(restores.restored(report, dry_run=dry_run))
