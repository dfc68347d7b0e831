"""`lakekit state`: list, get, set, export, import."""

from __future__ import annotations

import json
from typing import IO, Any

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation

FORMAT = "lakekit_state"
VERSION = 1


@click.group(short_help="How far datasets have been read, and a copy of what is known of it.")
def command() -> None:
    """How far datasets have been read, by the ledger of batches."""


@command.command("list", short_help="Every stream that the ledger knows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def list_(invocation: Invocation, as_json: bool) -> None:
    """Every stream that the ledger knows, also of datasets that the settings do not name any more."""
    from lakekit.cli import console, documents, streams

    with invocation.application() as app:
        found = app.streams()
    if as_json:
        console.document(documents.streams(found))
    else:
        console.out(streams.listed(found))


@command.command("get", short_help="What the ledger knows of a dataset.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def get(ctx: click.Context, dataset: str, as_json: bool) -> None:
    """What the ledger knows of DATASET. Exits with 1 where it has never been read."""
    from lakekit.cli import console, documents, streams

    with ctx.obj.application() as app:
        found = app.stream(dataset)
    if found is None:
        console.err([f"{dataset} has never been read"])
        ctx.exit(1)
    elif as_json:
        console.document(documents.stream(found))
    else:
        console.out(streams.shown(found))


@command.command("set", short_help="Move a dataset's watermark.")
@click.argument("dataset", shell_complete=completing.datasets)
@click.argument("value")
@click.option("--skip", is_flag=True, help="Allow a value ahead: rows up to it are never read.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def set_(invocation: Invocation, dataset: str, value: str, skip: bool, as_json: bool) -> None:
    """Move DATASET's watermark to VALUE, by a commit of its table that changes no row.

    The next ingest reads from there. Back: rows are read again, and those that the table has count as duplicates.
    """
    from lakekit.cli import console, documents, streams

    with invocation.application() as app:
        before, now = app.move_watermark(dataset, value, skip=skip)
    if as_json:
        console.document(documents.moved(dataset, before, now))
    else:
        console.out(streams.moved(dataset, before, now))


@command.command("export", short_help="Write the ledger's records as JSON.")
@click.pass_obj
def export(invocation: Invocation) -> None:
    """Write the ledger's records as one JSON document to stdout: batches and how far they read. No row's value is in
    it but watermarks."""
    from lakekit.cli import console

    with invocation.application() as app:
        records = app.export_state()
    console.document({FORMAT: VERSION, "records": dict(records)})


@command.command("import", short_help="Put the records of an export back.")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def import_(invocation: Invocation, file: IO[str], as_json: bool) -> None:
    """Put the records of FILE (- for stdin), which `lakekit state export` wrote, into a ledger that lacks them.

    Nothing that is there is changed. Batches since the export are found in the tables by the next run.
    """
    from lakekit.cli import console, documents, streams

    records = _records(file)
    with invocation.application() as app:
        found = app.import_state(records)
    if as_json:
        console.document(documents.streams(found))
    else:
        console.out(streams.listed(found))


def _records(file: IO[str]) -> dict[str, Any]:
    from lakekit.domain.errors import StateError

    try:
        told = json.load(file)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get(FORMAT) != VERSION or not isinstance(told.get("records"), dict):
        raise StateError(
            "state.bad_export",
            "it is no export of a ledger",
            where=file.name,
            next="import a file that lakekit state export wrote, as it is",
        )
    return dict(told["records"])
