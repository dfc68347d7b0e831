"""`--select`, of commands that work on several datasets."""

from __future__ import annotations

import click

selecting = click.option(
    "-s", "--select", metavar="PATTERN", multiple=True, help="Datasets by pattern, such as 'bronze.*'; repeatable."
)
"""Adds the argument `select`, a tuple of patterns to go with the names of datasets."""
