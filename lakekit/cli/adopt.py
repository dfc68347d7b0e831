"""`lakekit adopt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.domain.adoption import Intervals

_STYLES = ("dbt", "databricks")


@click.command(short_help="Make an existing type 2 table a dimension's history.")
@click.argument("dataset", shell_complete=completing.transforms)
@click.option(
    "--from",
    "source",
    metavar="TABLE",
    required=True,
    help="The table: a dataset, a folder of the lake, or the path of a Delta table's folder.",
)
@click.option("--style", type=click.Choice(_STYLES), help="Whose columns it has: of dbt's snapshots, or of AUTO CDC.")
@click.option("--valid-from", metavar="COLUMN", help="Where a version begins.")
@click.option("--valid-to", metavar="COLUMN", help="Where it ends: NULL where it does not.")
@click.option("--is-current", metavar="COLUMN", help="A flag that says so too; compared with the end.")
@click.option("--is-deleted", metavar="COLUMN", help="A flag of rows that say that there is none of the key.")
@click.option("--open-end", metavar="VALUE", help="What stands for no end, such as 9999-12-31.")
@click.option("--inclusive-end", is_flag=True, help="The end is the last moment at which a version holds.")
@click.option("--accept-faults", is_flag=True, help="Take what is ambiguous by the rules of docs/adopt.md.")
@click.option("--dry-run", is_flag=True, help="Show what was found, and what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(
    ctx: click.Context,
    dataset: str,
    source: str,
    style: str | None,
    valid_from: str | None,
    valid_to: str | None,
    is_current: str | None,
    is_deleted: str | None,
    open_end: str | None,
    inclusive_end: bool,
    accept_faults: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the history that others kept in TABLE that of DATASET, a dimension of the project: its versions become
    events, added in one commit; the next `lakekit transform` makes the same versions of them, and goes on from there.

    What is wrong with the table is told first. What makes its history ambiguous (overlaps, several current versions,
    ends before starts, and so on) stops it, with exit code 3, unless --accept-faults. Safe to repeat, and to stop at
    any moment.
    """
    from lakekit.cli import adoptions, console
    from lakekit.cli.progress import progress

    named = {"valid_from": valid_from, "valid_to": valid_to, "is_current": is_current, "is_deleted": is_deleted}
    intervals = _intervals(style, {n: v for n, v in named.items() if v}, open_end, inclusive=inclusive_end)
    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter) as app:
        report = app.adopt(dataset, source, intervals, accept=accept_faults, dry_run=dry_run)
    if as_json:
        console.document(adoptions.document(report, dry_run=dry_run))
    else:
        console.out(adoptions.lines(report, dry_run=dry_run))
    console.err(adoptions.problems(report))
    ctx.exit(adoptions.exit_code(report))


def _intervals(style: str | None, named: dict[str, str], open_end: str | None, *, inclusive: bool) -> Intervals:
    from attrs import evolve

    from lakekit.domain.adoption import STYLES, Intervals

    if style is None and not {"valid_from", "valid_to"} <= named.keys():
        raise click.UsageError("Name the columns with --valid-from and --valid-to, or give --style.")
    begun = STYLES[style] if style else Intervals(named["valid_from"], named["valid_to"])
    may_lack = begun.may_lack - set(named.values())
    return evolve(begun, **named, open_end=open_end, inclusive=inclusive, may_lack=may_lack)
