"""`lakekit test`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.domain.transform_case import CaseReport
    from lakekit.project.selection import Selection

_FAILED = 1


@click.command(short_help="Run the cases of transforms, or write one.")
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completing.cases)
@click.option(
    "-s",
    "--select",
    metavar="PATTERN",
    multiple=True,
    shell_complete=completing.transforms,
    help="Cases of these transforms, such as 'silver.*'; repeatable.",
)
@click.option("--allow-empty", is_flag=True, help="That there is no case is no error.")
@click.option(
    "--create",
    metavar="DATASET",
    shell_complete=completing.transforms,
    help="Write a case of this transform from rows of the lake, personal values replaced by fakes.",
)
@click.option("--rows", type=click.IntRange(1, 1000), help="With --create: so many rows of an input; 5 by default.")
@click.option("--key", "keys", metavar="COLUMN=VALUE", multiple=True, help="With --create: rows that have this value.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    select: tuple[str, ...],
    allow_empty: bool,
    create: str | None,
    rows: int | None,
    keys: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run the cases in tests/transforms/*.yaml: those whose names match a NAME, which may have * and ?, or all.

    A case gives rows to the inputs of a transform and says which rows it shall make of them. It runs as a build does,
    in a lake of its own that is gone afterwards: the lake of the environment is neither read nor changed.
    """
    from lakekit.project.selection import Selection

    if create is not None:
        if names or select or allow_empty:
            raise click.UsageError("--create takes no cases: it writes one", ctx)
        _create(ctx.obj, create, rows, _pairs(ctx, keys), as_json=as_json)
    elif rows is not None or keys:
        raise click.UsageError("--rows and --key say which rows --create takes", ctx)
    else:
        reports = _run(ctx.obj, Selection(select, (), allow_empty), names, as_json=as_json)
        ctx.exit(0 if all(report.passed for report in reports) else _FAILED)


def _run(invocation: Invocation, selection: Selection, names: Sequence[str], *, as_json: bool) -> Sequence[CaseReport]:
    from lakekit.cli import case_lines, console

    reports = []
    with invocation.application() as app:
        for report in app.cases.run(selection, names):
            reports.append(report)
            if not as_json:
                console.out(case_lines.lines(report))
    if as_json:
        console.document(case_lines.document(reports))
    else:
        console.out([case_lines.total(reports)])
    return reports


def _create(invocation: Invocation, name: str, rows: int | None, keys: dict[str, str], *, as_json: bool) -> None:
    from lakekit.app.cases.sample import Wish
    from lakekit.cli import case_lines, console

    wish = Wish(keys=keys) if rows is None else Wish(rows, keys)
    with invocation.application() as app:
        made = app.cases.create(name, wish, lambda: app.tools)
    if as_json:
        console.document(case_lines.created_document(made))
    else:
        console.out(case_lines.created(made))


def _pairs(ctx: click.Context, keys: Sequence[str]) -> dict[str, str]:
    """The values are not repeated in an error: they may be personal."""
    made: dict[str, str] = {}
    for told in keys:
        column, equals, value = told.partition("=")
        if not column or not equals or column in made:
            raise click.UsageError("--key is written COLUMN=VALUE, once per column", ctx)
        made[column] = value
    return made
