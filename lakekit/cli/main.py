"""The console script: parses, hands over to one command, turns every ending into lines and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lakekit import __version__
from lakekit.cli import completing
from lakekit.cli.invocation import Invocation
from lakekit.domain.errors import LakekitError
from lakekit.domain.nearest import nearest

if TYPE_CHECKING:
    from lakekit.cli.invocation import Compose

COMMANDS = (
    *("init", "demo", "plan", "run", "ingest", "transform", "test", "lineage"),
    *("status", "history", "state", "table", "optimize", "quarantine", "adopt"),
    *("plugins", "plugin", "doctor", "schema", "explain", "completion"),
)
INTERRUPTED = "interrupted: nothing is lost; `lakekit ingest` goes on from the last finished step"

_INTERRUPTED_CODE = 130


class Commands(click.Group):
    """lakekit's own commands, each a module of this package imported when asked for; then the plugins'."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        return [*COMMANDS, *_of_plugins()]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and where there is no such command, the ones that may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = nearest(args[0], self.list_commands(ctx))
            hint = f"Did you mean {near!r}?" if near else "`lakekit --help` lists them."
            raise click.UsageError(f"{error.message} {hint}", ctx) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return _of_plugins().get(cmd_name)
        command: click.Command = importlib.import_module(f"lakekit.cli.{cmd_name}").command
        return command


def _of_plugins() -> Mapping[str, click.Command]:
    """Commands of other distributions; our own adapters add none, so asking for help need not load them."""
    from lakekit.plugin.discovery import discover
    from lakekit.plugin.hookspecs import GROUP
    from lakekit.plugin.loading import load
    from lakekit.plugin.manager import Plugins

    others = [load(found) for found in discover(GROUP) if found.origin.distribution != "lakekit"]
    return Plugins(others, COMMANDS).commands()


class ProjectDir(click.Path):
    """A folder, or the URL of a place in a bucket as it is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str) or not value.startswith("s3://"):
            return super().convert(value, param, ctx)
        from lakekit.project.addresses import bucket_address

        return bucket_address(value) or self.fail(f"{value!r} is not of the form s3://bucket/prefix", param, ctx)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project-dir",
    type=ProjectDir(file_okay=False, path_type=Path),
    default=Path(),
    help="The project's folder, or s3://bucket/prefix; the current folder by default.",
)
@click.option(
    "--env",
    "environment",
    metavar="NAME",
    shell_complete=completing.environments,
    help="The environment: config/NAME.yaml of the project.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="lakekit")
@click.pass_context
def cli(ctx: click.Context, project_dir: Path | str, environment: str | None, debug: bool) -> None:
    """Sources into Delta tables: exactly once, audited before they are visible, every row accounted for."""
    ctx.color = False if os.environ.get("NO_COLOR") else None
    invocation = ctx.ensure_object(Invocation)
    invocation.project_dir, invocation.environment, invocation.debug = project_dir, environment, debug


def main() -> None:
    """What the installed script calls."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character of a file's name gets it escaped, not an error.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # typeshed calls it a TextIO
    code = run(sys.argv[1:])
    if code == _INTERRUPTED_CODE:
        # Other threads may be at work on datasets, for long; ending them here is as safe as any kill.
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str], compose: Compose | None = None) -> int:
    """Run one command line and return its exit code. Results go to stdout, all else to stderr.

    0 done, 1 failed, 2 usage or configuration, 3 stopped by a gate, 4 another run holds the lease,
    130 interrupted.

    `compose` makes the application; the real one by default.
    """
    invocation = Invocation(compose)
    try:
        code = _guarded(lambda: _click(arguments, invocation), invocation)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The interpreter flushes once more when it ends, which must find somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1  # as click ends when it meets this first


def _click(arguments: Sequence[str], invocation: Invocation) -> int:
    ended = cli.main(list(arguments), prog_name="lakekit", standalone_mode=False, obj=invocation)
    return ended if isinstance(ended, int) else 0


def _guarded(call: Callable[[], int], invocation: Invocation) -> int:
    try:
        return call()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _told([INTERRUPTED], _INTERRUPTED_CODE)
    except BrokenPipeError:
        raise
    except LakekitError as error:
        _trace(invocation)
        return _told(error.lines(), error.exit_code)
    except Exception as error:  # noqa: BLE001  # the last line of defence: a person gets three lines, not a traceback
        _trace(invocation)
        return _told(_unexpected(error), 1)


def _unexpected(error: Exception) -> list[str]:
    """The kind and place of an error that nobody foresaw; not its text, which may hold a value of a row."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "lakekit" in Path(frame.filename).parts] or frames[-1:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}, in {frame.name}" for frame in ours[-1:]]
    return LakekitError(
        "internal.error",
        f"{type(error).__name__} where none was expected",
        where=places[0] if places else "",
        next="run it again with --debug (before the command) to see the traceback",
    ).lines()


def _trace(invocation: Invocation) -> None:
    if invocation.debug:
        traceback.print_exc()


def _told(lines: list[str], code: int) -> int:
    for line in lines:
        click.echo(line, err=True)
    return code
