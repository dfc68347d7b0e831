"""`lakekit optimize`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation
from lakekit.cli.selecting import selecting

if TYPE_CHECKING:
    from lakekit.domain.upkeep import Leftover
    from lakekit.project.selection import Selection

_HOURS = re.compile(r"(\d{1,6})([hdw])")
_PER = {"h": 1, "d": 24, "w": 168}


def _hours(_: click.Context, __: click.Parameter, told: str | None) -> float | None:
    if told is None:
        return None
    match = _HOURS.fullmatch(told)
    if match is None:
        raise click.BadParameter(f"{told!r} is not a time such as 168h, 14d or 4w")
    return float(int(match[1]) * _PER[match[2]])


@click.command(short_help="Keep tables fast and small.")
@selecting
@click.option("--auto", is_flag=True, help="Do what sizes, overlaps and filters say is worth it; tell why.")
@click.option("--zorder", metavar="A,B", default="", help="Order the rows along these columns.")
@click.option("--vacuum", is_flag=True, help="Remove files that no recent version needs, and old commits of the log.")
@click.option(
    "--retain", metavar="TIME", callback=_hours, help="What is recent; 168h, or `file_retention` of the table."
)
@click.option("--force", is_flag=True, help="Vacuum although --retain is below 168h.")
@click.option("--dry-run", is_flag=True, help="Show what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    invocation: Invocation,
    selection: Selection,
    auto: bool,
    zorder: str,
    vacuum: bool,
    retain: float | None,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Keep the tables of DATASETs, or of all, fast and small: bronze, quarantine, silver and gold.

    Small files become large ones, logs get checkpoints; no row changes. Safe to repeat and to stop at any moment.

    --auto leaves alone what gains little. It orders rows along the columns of `cluster_by` in the settings, or else the
    watermark column, where files overlap so much that a look-up would read half as much after it.
    """
    from lakekit.cli import console, documents, tables
    from lakekit.domain.upkeep import Wishes

    def announce(table: PurePosixPath, files: Sequence[Leftover]) -> None:
        console.err(tables.leftovers(str(table), files, dry_run=dry_run))

    columns = tuple(name for part in zorder.split(",") if (name := part.strip()))
    with invocation.application() as app:
        reports = app.optimize(selection, Wishes(columns, vacuum, retain, auto, force), announce, dry_run=dry_run)
    if as_json:
        console.document(documents.upkeep(reports))
    else:
        console.out(tables.upkeep(reports, dry_run=dry_run))
