"""`lakekit demo`."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.cli.tour import Silver
    from lakekit.compose import Application
    from lakekit.demo.retail import Day
    from lakekit.domain.report import RunReport

SEED = 2026
FOLDER = "lakekit-demo"


@click.command(short_help="See it work: two days of made-up retail data.")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """Make a project with two days of made-up retail data in DIR, a new folder, ingest both days, and build silver
    from them where the plugin lakekit_retail and Sail are installed.

    The data holds a few percent dirty rows, copies and late rows. Everything stays on this machine.
    """
    from lakekit.cli import console, render, tour
    from lakekit.demo.retail import retail
    from lakekit.demo.scaffold import project_files, write_project
    from lakekit.demo.silver import PACKAGE

    place = folder or _free(Path())
    packages = [PACKAGE] if _checked(ctx.obj) else []
    write_project(place, project_files(packages))
    reports: list[RunReport] = []
    for number, day in enumerate(retail(SEED), start=1):
        console.err([tour.landing(number, day)])
        report = _ingested(ctx.obj, place, day)
        console.err(render.problems(report))
        if report.exit_code:
            ctx.exit(report.exit_code)
        reports.append(report)
    silver = _silver(ctx, place) if packages else None
    console.out(tour.summary(place, reports, console.width(), tour.programs(), silver))


def _checked(invocation: Invocation) -> bool:
    """Whether silver can be built here. Raises PluginError for a driver of bronze that is missing, before anything is
    written where a person would see it."""
    from tempfile import TemporaryDirectory

    from lakekit.demo.scaffold import project_files, write_project

    with TemporaryDirectory(prefix="lakekit-") as folder:
        write_project(Path(folder), project_files())
        with invocation.application(project_dir=Path(folder)) as app:
            _ = app.tools
            return _builds_silver(app)


def _builds_silver(app: Application) -> bool:
    from lakekit.demo.silver import PACKAGE
    from lakekit.domain.errors import PluginError
    from lakekit.plugin.drivers import missing_modules
    from lakekit.plugin.provider import Port

    try:
        app.plugins.transforms(PACKAGE)
        return not missing_modules(app.plugins.adapter(Port.RUNTIME, "sail"))
    except PluginError:
        return False


def _silver(ctx: click.Context, place: Path) -> Silver:
    """One run as `lakekit transform` makes it, and what became of customers."""
    from lakekit.cli import builds, console, tour
    from lakekit.cli.progress import progress
    from lakekit.demo.silver import DATASET, glance
    from lakekit.project.selection import Selection

    invocation: Invocation = ctx.obj
    with progress() as reporter, invocation.application(reporter, place) as app:
        report = app.transform()
        console.err(builds.problems(report.builds))
        if report.exit_code:
            ctx.exit(report.exit_code)
        (job,) = app.transforms.jobs(Selection((DATASET,)))
        return tour.Silver(report.builds, glance(app.tools, job.transform))


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
