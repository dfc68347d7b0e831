"""Where lines go: results to stdout, all else to stderr; without colour where nobody would see it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping

import click

UNBOUNDED = 10_000
"""The width of a file or a pipe: lines are never cut for a program that reads them."""


def width() -> int:
    """The columns of the terminal that shows stdout."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else UNBOUNDED


def out(lines: Iterable[str]) -> None:
    """Results."""
    for line in lines:
        click.echo(line)


def err(lines: Iterable[str]) -> None:
    """What went wrong and what to do next."""
    for line in lines:
        click.echo(line, err=True)


def document(content: Mapping[str, object]) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))
