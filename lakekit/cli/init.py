"""`lakekit init`."""

from __future__ import annotations

from pathlib import Path

import click

from lakekit.cli.invocation import Invocation


@click.command(short_help="Write a new project into a folder.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.pass_obj
def command(invocation: Invocation, folder: Path) -> None:
    """Write a new project into DIR, the current folder by default: settings, contracts, checks, a few rows.

    Nothing is overwritten: where a file of that name is there already, nothing is written at all.
    """
    from lakekit.cli import console, tour
    from lakekit.demo.files import deliver
    from lakekit.demo.scaffold import DATA, example, example_files, project_files, write_project
    from lakekit.domain.errors import PluginError

    files = {**project_files(), **example_files()}
    write_project(folder, files)
    events = example().delivery("bronze.behavior")
    try:
        with invocation.application(project_dir=folder) as app:
            deliver(events, folder / DATA, app.tools.engine)
        made = [*files, f"{DATA}/{events.path}"]
    except PluginError as error:
        console.err([*error.lines(), f"  so {events.path} is not there; all else is"])
        made = list(files)
    console.out(tour.made(folder, made, tour.programs()))
