"""`lakekit plugin new`."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(short_help="Begin a plugin of your own.")
def command() -> None:
    """Begin a plugin of your own."""


@command.command("new", short_help="Write a plugin with a working source and its tests.")
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The new folder; lakekit-NAME by default.",
)
def new(name: str, into: Path | None) -> None:
    """Write a distribution lakekit-NAME into a new folder: a source that works, and the tests that every source passes.

    It reads a table of an SQLite file, for you to replace. Nothing is overwritten: a folder that holds anything is
    refused, and so is a name that something installed has.
    """
    from lakekit.cli import console, tour
    from lakekit.cli.main import COMMANDS
    from lakekit.plugin.manager import load_plugins
    from lakekit.plugin.scaffold import check_name, template, write

    check_name(name, load_plugins(COMMANDS).listing())
    folder = into or Path(f"lakekit-{name}")
    files = template(name)
    write(folder, files)
    console.out(tour.begun(folder, files, tour.programs()))
