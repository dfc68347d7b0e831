"""Which datasets are meant, of commands that work on several."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from lakekit.cli import completing

_OPTIONS = (
    click.argument("datasets", metavar="[DATASET]...", nargs=-1, shell_complete=completing.datasets),
    click.option(
        "-s",
        "--select",
        metavar="PATTERN",
        multiple=True,
        shell_complete=completing.datasets,
        help="Datasets by pattern, such as 'bronze.*'; repeatable.",
    ),
    click.option(
        "--exclude",
        metavar="PATTERN",
        multiple=True,
        shell_complete=completing.datasets,
        help="Datasets to leave out; repeatable.",
    ),
    click.option("--allow-empty", is_flag=True, help="A selection of no dataset is no error."),
)


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the arguments and options that name datasets, as the one argument `selection`."""

    @wraps(command)
    def called(
        *args: Any,
        datasets: tuple[str, ...],
        select: tuple[str, ...],
        exclude: tuple[str, ...],
        allow_empty: bool,
        **more: Any,
    ) -> Any:
        from lakekit.project.selection import Selection

        return command(*args, selection=Selection((*datasets, *select), exclude, allow_empty), **more)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called
