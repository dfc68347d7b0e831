"""What a shell may complete a word to. Whatever fails here completes nothing: a person is in the middle of a line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lakekit.project.model import Settings


def codes(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Error codes."""
    from lakekit.cli.explaining import explanations

    return [e.code for e in explanations() if e.code.startswith(incomplete)]


def environments(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The environments of the project in the folder that the line names so far."""
    from lakekit.project.loading import environments as known

    root = _folder(ctx)
    return [name for name in known(root) if name.startswith(incomplete)] if root else []


def datasets(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The datasets of the project and environment, without their layer as commands take them."""
    settings = _settings(ctx)
    bare = "." not in incomplete
    names = [*settings.sources, *settings.transforms] if settings else []
    return [told for name in names if (told := name.rpartition(".")[2] if bare else name).startswith(incomplete)]


def transforms(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The transforms of the project."""
    settings = _settings(ctx)
    return [name for name in settings.transforms if name.startswith(incomplete)] if settings else []


def cases(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The names of the cases of the project's own transforms."""
    from attrs import evolve

    from lakekit.domain.errors import LakekitError
    from lakekit.project.cases.discovery import cases_of

    settings = _settings(ctx)
    try:
        found = cases_of(evolve(settings, packages=()), Path) if settings else ()
    except LakekitError:
        return []
    return [case.name for case in found if case.name.startswith(incomplete)]


def _settings(ctx: click.Context) -> Settings | None:
    """Of the project and environment that the line names so far; None where they cannot be read."""
    from lakekit.cli.env_files import load_env_files
    from lakekit.domain.errors import LakekitError
    from lakekit.project import chosen_environment, load

    root = _folder(ctx)
    if root is None:
        return None
    try:
        environment = chosen_environment(root, ctx.find_root().params.get("environment"))
        load_env_files(root, environment)
        return load(root, environment, os.environ)
    except LakekitError:
        return None


def _folder(ctx: click.Context) -> Path | None:
    """None for a project in a bucket: nothing is fetched while somebody types."""
    told = ctx.find_root().params.get("project_dir") or Path()
    return told if isinstance(told, Path) else None
