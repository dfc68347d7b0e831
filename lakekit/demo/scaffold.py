"""A new project as files: the reference settings, and a few rows to begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lakekit.demo.files import csv_text
from lakekit.demo.retail import Day, Sizes, retail
from lakekit.domain.errors import ConfigError
from lakekit.project.loading import ROOT_FILE
from lakekit.project.reference import reference

DATA = "data"
"""The folder in which the reference settings look for files."""

SETTINGS = "config/dev.yaml"
"""The settings that hold where no environment is named."""

IGNORED = """\
# Made by runs: the lake, its state, logs and metrics.
/lake/
/.lakekit/
# Variables of this machine, secrets among them.
.env
.env.*
"""

_SOURCES = "sources:\n"
_CALENDAR = """\
  # A row per day, for a date dimension.
  calendar:
    adapter: calendar
    load_type: full
    first: 2025-01-01
    last: 2027-12-31
    fiscal_year_starts: 4
    holidays: GB
    language: en_GB
"""

_SIZES = Sizes(customers=(8, 0), products=(6, 0), orders=(24, 0), events=(16, 0))
_SEED = 138


def project_files(packages: Sequence[str] = ()) -> dict[str, str]:
    """What every new project has, as texts by their path in its folder, with the transforms of these packages."""
    files = {**reference(), ".gitignore": IGNORED}
    if packages:
        begun, rest = files[SETTINGS].split(_SOURCES)
        told = f"\n# Silver and gold, from a plugin.\ntransforms: [{', '.join(packages)}]\n"
        files[SETTINGS] = begun + _SOURCES + _CALENDAR + rest + told
    return files


def example() -> Day:
    """A few rows for each source; one of them is rejected, to have something to look at."""
    return retail(_SEED, _SIZES)[0]


def example_files() -> dict[str, str]:
    """The part of the example that is text."""
    return {f"{DATA}/{d.path}": csv_text(d) for d in example().deliveries if d.path.endswith(".csv")}


def write_project(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` into `folder`, which may exist and hold other files.

    Raises ConfigError before anything is written when a file is there already, or the folder holds a project.
    """
    taken = [name for name in (ROOT_FILE, *files) if (folder / name).exists()]
    if taken:
        raise ConfigError(
            "init.file_exists",
            f"{folder} holds {taken[0]} already" + (f" and {len(taken) - 1} more" if len(taken) > 1 else ""),
            where=str(folder / taken[0]),
            why="nothing that is yours is overwritten",
            next="name another folder",
        )
    for name, text in files.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise ConfigError(
                "init.unwritable",
                f"{name} cannot be written",
                where=str(folder),
                why=error.strerror or type(error).__name__,
                next="name a folder that you may write to",
            ) from error
