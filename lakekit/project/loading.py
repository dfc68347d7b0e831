"""Finding a project's files and reading them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import evolve

from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import aside, nearest
from lakekit.domain.transform import Language
from lakekit.project.files import is_there, read_yaml
from lakekit.project.model import Draft, Settings
from lakekit.project.nodes import Fields, quoted
from lakekit.project.reading import NAME, fields, listed, name, required
from lakekit.project.settings import read_settings
from lakekit.project.sources import source_dataset
from lakekit.project.suites import SUITES, THRESHOLDS, Suites, read_suites
from lakekit.project.transforms.discovery import read_transforms, two_files
from lakekit.project.transforms.options import Around
from lakekit.project.variables import resolve

ROOT_FILE = "lakekit.yaml"
FOLDER = "config"
DEFAULT = "dev"


Packages = Callable[[str], Path]
"""The folder of the transforms that a plugin offers under a name."""


def load(
    project_dir: Path,
    environment: str | None,
    env: Mapping[str, str],
    bucket: str | None = None,
    packages: Packages | None = None,
) -> Settings:
    """The settings of one environment of the project in `project_dir`, its contracts and suites included. `bucket` is
    the URL of the one of which `project_dir` is a copy. Without `packages`, transforms of plugins are left out.

    They stand in `config/<environment>.yaml` or, where one file is enough, in `lakekit.yaml`, whose key
    `environment` (`dev` by default) says which environment it is, and is the one meant when `environment` is
    None. A `lakekit.yaml` that says nothing else chooses a default among several. `env` is for `${NAME}`.

    Raises ConfigError with file, line and column for the first mistake; reads files and nothing else.
    """
    root = project_dir.resolve()
    start = _root_file(root)
    chosen = _chosen(start, environment)
    file = _settings_file(root, chosen, start, bucket or str(root))
    node = _without_name(start) if start and file == ROOT_FILE else read_yaml(root, file)
    suites = read_suites(root)
    settings = read_settings(resolve(node, env), root, chosen, suites, bucket)
    settings = evolve(settings, transforms=_transforms(root, settings, suites, packages))
    _check_suites(root, suites, settings)
    return settings


def _transforms(root: Path, settings: Settings, suites: Suites, packages: Packages | None) -> Mapping[str, Draft]:
    """Those of the project, and of the packages that it names, where somebody knows their folders."""
    found = dict(read_transforms(root, Around(root, suites)))
    if settings.bucket:
        _refuse_python(found)
    folders = [(called, packages(called)) for called in settings.packages] if packages else []
    for called, folder in folders:
        for dataset, draft in read_transforms(folder, Around(folder, suites, f"{called}:")).items():
            if dataset in found:
                raise two_files(dataset, found[dataset].transform.place, draft.transform.place)
            found[dataset] = draft
    return {dataset: found[dataset] for dataset in sorted(found)}


def _refuse_python(found: Mapping[str, Draft]) -> None:
    for draft in found.values():
        if draft.transform.language is Language.PYTHON:
            raise ConfigError(
                "transform.python_in_bucket",
                "a project in a bucket has a transform in Python",
                where=draft.transform.place,
                why="whoever may write there could run code wherever lakekit runs",
                next="write it in SQL, or install it as a plugin that brings transforms",
            )


def chosen_environment(root: Path, environment: str | None) -> str:
    """The environment that `load` reads. Raises ConfigError for a lakekit.yaml that cannot be read."""
    return environment or _chosen(_root_file(root), None)


def environments(root: Path) -> tuple[str, ...]:
    """The environments that have a file in `config/`."""
    taken = {Path(SUITES).stem, Path(THRESHOLDS).stem}
    found = {path.stem for path in (root / FOLDER).glob("*.yaml") if path.is_file()} - taken
    return tuple(sorted(name for name in found if NAME.fullmatch(name)))


def _root_file(root: Path) -> Fields | None:
    return fields(read_yaml(root, ROOT_FILE)) if is_there(root, ROOT_FILE) else None


def _chosen(start: Fields | None, environment: str | None) -> str:
    return environment or (_own_name(start) if start else DEFAULT)


def _own_name(start: Fields) -> str:
    return name(start.entries["environment"]) if "environment" in start.entries else DEFAULT


def _without_name(start: Fields) -> Fields:
    entries = {key: node for key, node in start.entries.items() if key != "environment"}
    return Fields(start.name, entries, {key: start.keys[key] for key in entries}, start.place)


def _settings_file(root: Path, chosen: str, start: Fields | None, told: str) -> str:
    own = start is not None and bool(_without_name(start).entries)
    there = environments(root)
    if own and start is not None and _own_name(start) == chosen:
        if chosen in there:
            raise _two_files(chosen)
        return ROOT_FILE
    if chosen in there:
        return f"{FOLDER}/{chosen}.yaml"
    known = {*there, *((_own_name(start),) if own and start is not None else ())}
    raise _no_environment(chosen, sorted(known)) if known else _no_project(told)


def _two_files(chosen: str) -> ConfigError:
    return ConfigError(
        "config.two_files",
        f"the settings of {chosen!r} stand in two files",
        where=f"{ROOT_FILE} and {FOLDER}/{chosen}.yaml",
        why="one environment has one file, so that nobody wonders which of them counts",
        next="move the settings into one; lakekit.yaml may then keep the key `environment` alone",
    )


def _no_environment(chosen: str, known: list[str]) -> ConfigError:
    return ConfigError(
        "config.no_environment",
        f"there is no environment {quoted(chosen)}{aside(nearest(chosen, known))}",
        where=f"{FOLDER}/",
        why=f"this project has {listed(known)}",
        next="choose one of these with --env, or write the file of that name",
    )


def _no_project(where: str) -> ConfigError:
    return ConfigError(
        "config.no_project",
        "there is no lakekit project here",
        where=where,
        why=f"neither {ROOT_FILE} nor settings in {FOLDER}/ are there",
        next="lakekit init writes one into a folder" if "://" in where else "lakekit init",
    )


def _check_suites(root: Path, suites: Suites, settings: Settings) -> None:
    """A suite of a dataset that no environment has would never run, and nobody would know."""
    here = {*settings.sources, *settings.transforms}
    unmatched = [dataset for dataset in suites.checks if dataset not in here]
    known = {*here, *(_elsewhere(root) if unmatched else ())}
    for dataset in unmatched:
        if dataset not in known:
            raise suites.checks[dataset][0].error(
                "suite.unknown_dataset",
                f"there is no dataset {dataset}{aside(nearest(dataset, known))}",
                f"no source and no transform of any environment is called so; there are {listed(sorted(known))}",
                "correct the name, or remove the suite",
            )


def _elsewhere(root: Path) -> set[str]:
    """The datasets of all environments. What else is wrong in their files is told when they are used."""
    found: set[str] = set()
    for environment in environments(root):
        try:
            settings = fields(read_yaml(root, f"{FOLDER}/{environment}.yaml"))
            sources = fields(required(settings, "sources"))
            found |= {str(source_dataset(key, place)) for key, place in sources.keys.items()}
        except ConfigError:
            continue
    return found
