"""`lakekit init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Write a new project into a folder.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Write a new project into DIR, the current folder by default: settings, contracts, checks, a few rows.

    Nothing is overwritten: where a file of that name is there already, nothing is written at all.
    """
    from lakekit.cli import console, tour
    from lakekit.demo.scaffold import example_files, project_files, write_project

    files = {**project_files(), **example_files()}
    write_project(folder, files)
    console.out(tour.made(folder, list(files), tour.programs()))
