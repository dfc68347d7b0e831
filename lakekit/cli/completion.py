"""`lakekit completion`."""

from __future__ import annotations

import click

VARIABLE = "_LAKEKIT_COMPLETE"


@click.command(short_help="The script by which a shell completes lakekit's words.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script by which SHELL completes commands, options, datasets, environments and error codes.

    \b
    bash  eval "$(lakekit completion bash)"    in ~/.bashrc
    zsh   eval "$(lakekit completion zsh)"     in ~/.zshrc
    fish  lakekit completion fish | source     in ~/.config/fish/config.fish
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    from lakekit.cli.main import cli

    made = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}[shell]
    # click's own `source` asks the bash on this machine how old it is; the script may be for another.
    told = made(cli, {}, "lakekit", VARIABLE)
    click.echo(told.source_template % told.source_vars())
