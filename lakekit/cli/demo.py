"""`lakekit demo`."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.cli.tour import Lakehouse
    from lakekit.compose import Application
    from lakekit.domain.report import RunReport

SEED = 2026
FOLDER = "lakekit-demo"


@click.command(short_help="See it work: two days of made-up retail data.")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """Make a project with two days of made-up retail data in DIR, a new folder, and ingest both days. Where the plugin
    lakekit_retail and Sail are installed, each day is followed by a build of silver and gold.

    The data holds a few percent dirty rows, copies and late rows. Everything stays on this machine.
    """
    from lakekit.cli import console, render, tour
    from lakekit.cli.progress import progress
    from lakekit.demo.files import deliver
    from lakekit.demo.retail import retail
    from lakekit.demo.scaffold import DATA, project_files, write_project
    from lakekit.demo.silver import PACKAGE

    place = folder or _free(Path())
    packages = [PACKAGE] if _checked(ctx.obj) else []
    write_project(place, project_files(packages))
    reports: list[RunReport] = []
    made: Lakehouse | None = None
    with progress() as reporter, ctx.obj.application(reporter, place) as app:
        for number, day in enumerate(retail(SEED), start=1):
            console.err([tour.landing(number, day)])
            for delivery in day.deliveries:
                deliver(delivery, place / DATA, app.tools.engine)
            reports.append(app.ingest())
            console.err(render.problems(reports[-1]))
            if reports[-1].exit_code:
                ctx.exit(reports[-1].exit_code)
            made = _built(ctx, app) if packages else None
    console.out(tour.summary(place, reports, console.width(), tour.programs(), made))


def _checked(invocation: Invocation) -> bool:
    """Whether silver and gold can be built here. Raises PluginError for a driver of bronze that is missing, before
    anything is written where a person would see it."""
    from tempfile import TemporaryDirectory

    from lakekit.demo.scaffold import project_files, write_project

    with TemporaryDirectory(prefix="lakekit-") as folder:
        write_project(Path(folder), project_files())
        with invocation.application(project_dir=Path(folder)) as app:
            _ = app.tools
            return _builds(app)


def _builds(app: Application) -> bool:
    from lakekit.demo.silver import PACKAGE
    from lakekit.domain.errors import PluginError
    from lakekit.plugin.drivers import missing_modules
    from lakekit.plugin.provider import Port

    try:
        app.plugins.transforms(PACKAGE)
        needed = ((Port.RUNTIME, "sail"), (Port.SOURCE, "calendar"))
        return not any(missing_modules(app.plugins.adapter(*each)) for each in needed)
    except PluginError:
        return False


def _built(ctx: click.Context, app: Application) -> Lakehouse:
    """One run as `lakekit transform` makes it, and what became of customers and sales."""
    from lakekit.cli import builds, console, tour
    from lakekit.demo import silver, star
    from lakekit.project.selection import Selection

    report = app.transform()
    console.err(builds.problems(report.builds))
    if report.exit_code:
        ctx.exit(report.exit_code)
    (job,) = app.transforms.jobs(Selection((silver.DATASET,)))
    return tour.Lakehouse(report.builds, silver.glance(app.tools, job.transform), star.revenue(app.tools))


def _free(parent: Path) -> Path:
    """The first of lakekit-demo, lakekit-demo-2, ... that is not there yet."""
    names = (parent / (FOLDER if number == 1 else f"{FOLDER}-{number}") for number in count(1))
    return next(place for place in names if not place.exists())
