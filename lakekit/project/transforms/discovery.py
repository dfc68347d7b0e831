"""Finding transforms: `transforms/<layer>/<name>.sql` or `.py`, a file each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import Dataset, parse_dataset
from lakekit.domain.transform import Language, Transform
from lakekit.project.files import read_text
from lakekit.project.model import Draft
from lakekit.project.nodes import Place
from lakekit.project.reading import listed
from lakekit.project.transforms.dimensions import split
from lakekit.project.transforms.options import Around, read_options
from lakekit.project.transforms.python_files import read_python
from lakekit.project.transforms.sql_files import options_node

FOLDER = "transforms"
LAYERS = ("silver", "gold")
_LANGUAGES = {".sql": Language.SQL, ".py": Language.PYTHON}


def read_transforms(root: Path, around: Around) -> Mapping[str, Draft]:
    """The transforms below `root`, by dataset, in order. Raises ConfigError, at the place, for the first mistake."""
    found: dict[str, Draft] = {}
    for path in _files(root):
        for draft in split(_draft(root, path, _dataset(root, path), around)):
            name = draft.transform.name
            if name in found:
                raise two_files(name, found[name].transform.place, _told(root, path))
            found[name] = draft
    return found


def two_files(dataset: str, first: str, second: str) -> ConfigError:
    """The error of a dataset that two files make."""
    return ConfigError(
        "transform.two_files",
        f"two files make {dataset}",
        where=f"{first} and {second}",
        next="remove one of the two",
    )


def _files(root: Path) -> Iterator[Path]:
    """Modules that begin with `_` are for others to import."""
    for layer in sorted(p for p in (root / FOLDER).glob("*") if p.is_dir()):
        for path in sorted(layer.iterdir()):
            if path.suffix in _LANGUAGES and path.is_file() and not path.name.startswith(("_", ".")):
                yield path


def _draft(root: Path, path: Path, dataset: Dataset, around: Around) -> Draft:
    file, language = _told(root, path), _LANGUAGES[path.suffix]
    content, shown = read_text(root, file), f"{around.prefix}{file}"
    if language is Language.PYTHON:
        return Draft(*read_python(root, shown, content, dataset, around))
    plain = Transform(dataset, language, (), "", shown)
    return Draft(read_options(options_node(content, shown), plain, around), content)


def _dataset(root: Path, path: Path) -> Dataset:
    told = f"{path.parent.name}.{path.stem}"
    try:
        dataset = parse_dataset(told)
    except ValueError:
        dataset = None
    if dataset is None or dataset.layer not in LAYERS:
        raise Place(_told(root, path)).error(
            "config.bad_dataset",
            f"{told!r} cannot name a transform",
            f"the folder is its layer, one of {listed(LAYERS)}; a name is lower-case letters, digits and _",
            "rename the file, or move it",
        )
    return dataset


def _told(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
