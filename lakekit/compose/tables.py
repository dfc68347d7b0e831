"""The tables of a project, by the names of their datasets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import Dataset
from lakekit.domain.transform import DIMENSIONS, Transform
from lakekit.project.model import Settings
from lakekit.project.selection import Selectable, named


def table_of(settings: Settings, name: str, *, quarantine: bool) -> PurePosixPath:
    """The table of a dataset, or of its rejected rows. Raises ConfigError as `dataset_of` does."""
    dataset = dataset_of(settings, name, quarantine=quarantine)
    return dataset.quarantine if quarantine else dataset.table


def dataset_of(settings: Settings, name: str, *, quarantine: bool) -> Dataset:
    """One that is ingested or made. Raises ConfigError for a name that is none, and, with `quarantine`, for a dataset
    that keeps no rejected rows in a table of their own."""
    dataset = named(datasets(settings), name).dataset
    if quarantine and (draft := settings.transforms.get(str(dataset))):
        raise _no_quarantine(draft.transform)
    return dataset


def datasets(settings: Settings) -> dict[str, Selectable]:
    """All that are ingested or made."""
    return {**settings.sources, **{name: draft.transform for name, draft in settings.transforms.items()}}


def check_optional(settings: Settings, names: Iterable[str]) -> None:
    """Raises ConfigError for a transform: its table has no options in the settings."""
    for name in names:
        if name in settings.transforms:
            raise ConfigError(
                "table.no_options",
                f"the settings say nothing of the table of {name}",
                where=settings.transforms[name].transform.place,
                why="`delta:` stands under a source; the table of a transform gets `partition_by` when it is made",
                next=f"lakekit table show {name} tells what it is like",
            )


def _no_quarantine(transform: Transform) -> ConfigError:
    dimension = transform.materialization in DIMENSIONS
    return ConfigError(
        "table.no_quarantine",
        f"{transform.name} has no quarantine",
        where=transform.place,
        why="the rows that a transform makes are published, or stop the build",
        next=f"lakekit quarantine show {transform.name}: events that count for nothing are among the others"
        if dimension
        else "leave --quarantine out",
    )
