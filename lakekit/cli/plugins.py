"""`lakekit plugins`."""

from __future__ import annotations

import click


@click.command(short_help="What is installed, and what of it is broken.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """What is installed: the adapters and commands of each plugin, and why a broken one is broken.

    Needs no project. Exits with 1 when a plugin is broken.
    """
    from lakekit.cli import console, documents, render
    from lakekit.cli.main import COMMANDS
    from lakekit.plugin.manager import load_plugins

    listing = load_plugins(COMMANDS).listing()
    if as_json:
        console.document(documents.plugins(listing))
    else:
        console.out(render.plugins(listing))
    ctx.exit(1 if any(plugin.problem for plugin in listing) else 0)
