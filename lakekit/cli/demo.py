"""`lakekit demo`."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.demo.retail import Day
    from lakekit.domain.report import RunReport

SEED = 2026
FOLDER = "lakekit-demo"


@click.command(short_help="See it work: two days of made-up retail data.")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """Make a project with two days of made-up retail data in DIR, a new folder, and ingest both days.

    The data holds a few percent dirty rows, copies and late rows. Everything stays on this machine.
    """
    from lakekit.cli import console, render, tour
    from lakekit.demo.retail import retail
    from lakekit.demo.scaffold import project_files, write_project

    place = folder or _free(Path())
    _check_drivers(ctx.obj)
    write_project(place, project_files())
    reports: list[RunReport] = []
    for number, day in enumerate(retail(SEED), start=1):
        console.err([tour.landing(number, day)])
        report = _ingested(ctx.obj, place, day)
        console.err(render.problems(report))
        if report.exit_code:
            ctx.exit(report.exit_code)
        reports.append(report)
    console.out(tour.summary(place, reports, console.width(), tour.programs()))


def _check_drivers(invocation: Invocation) -> None:
    """Raises PluginError for a driver that is missing, before anything is written where a person would see it."""
    from tempfile import TemporaryDirectory

    from lakekit.demo.scaffold import project_files, write_project

    with TemporaryDirectory(prefix="lakekit-") as folder:
        write_project(Path(folder), project_files())
        with invocation.application(project_dir=Path(folder)) as app:
            _ = app.tools


def _ingested(invocation: Invocation, place: Path, day: Day) -> RunReport:
    """The day's files land, then one run as `lakekit ingest` makes it."""
    from lakekit.cli.progress import progress
    from lakekit.demo.files import deliver
    from lakekit.demo.scaffold import DATA

    with progress() as reporter, invocation.application(reporter, place) as app:
        for delivery in day.deliveries:
            deliver(delivery, place / DATA, app.tools.engine)
        return app.ingest()


def _free(parent: Path) -> Path:
    """The first of lakekit-demo, lakekit-demo-2, ... that is not there yet."""
    names = (parent / (FOLDER if number == 1 else f"{FOLDER}-{number}") for number in count(1))
    return next(place for place in names if not place.exists())
