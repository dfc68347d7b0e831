"""Finding cases: the files of a project, and of the plugins whose transforms it uses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from lakekit.domain.errors import ConfigError
from lakekit.domain.transform_case import TransformCase
from lakekit.project.cases.reading import read_cases
from lakekit.project.files import read_text
from lakekit.project.model import Settings
from lakekit.project.yaml_tree import yaml_tree

FOLDER = "tests/transforms"
SUFFIX = ".yaml"


def cases_of(settings: Settings, packages: Callable[[str], Path]) -> tuple[TransformCase, ...]:
    """All cases, in the order of the files and within them. Raises ConfigError, at the place, for the first mistake,
    and for a project in a bucket, whose tests are not copied to where it runs."""
    if settings.bucket:
        raise in_bucket(settings.bucket)
    folders = {"": settings.root, **{f"{called}:": packages(called) for called in settings.packages}}
    found = [_below(folder, prefix, settings.transforms) for prefix, folder in folders.items()]
    return tuple(case for cases in found for case in cases)


def in_bucket(address: str) -> ConfigError:
    """The error of a project whose cases are not where it runs."""
    return ConfigError(
        "case.project_in_bucket",
        "a project in a bucket has no cases here",
        where=address,
        why="its settings and transforms are read from there, and nothing else",
        next="run lakekit test where the project's files are",
    )


def _below(root: Path, prefix: str, transforms: Mapping[str, object] | Collection[str]) -> list[TransformCase]:
    files = sorted(p.relative_to(root).as_posix() for p in (root / FOLDER).glob("*") if p.suffix in (SUFFIX, ".yml"))
    trees = [yaml_tree(read_text(root, file), f"{prefix}{file}") for file in files]
    return [case for tree in trees for case in read_cases(tree, list(transforms))]
