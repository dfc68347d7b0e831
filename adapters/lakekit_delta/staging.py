"""Files on their way into a table's folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from itertools import count
from pathlib import Path, PurePosixPath

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.plugin.disk import sync

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


def check_name(name: str) -> None:
    """Refuse what vacuum would never clean (`_` or `.` first), what readers take for a partition (`=`), or
    what a path in the log would have to escape."""
    if not _NAME.fullmatch(name):
        raise TableError("table.stage_name", f"{name!r} cannot name a staged folder")


def make_folder(lake: Path, table: PurePosixPath) -> Path:
    """The table's folder. One whose path begins with `_` holds raw values: it and the folders above it within the lake
    are made for their owner alone."""
    mode = 0o700 if table.parts[0].startswith("_") else 0o777
    lake.mkdir(parents=True, exist_ok=True)
    for part in (*reversed(table.parents[:-1]), table):
        (lake / part).mkdir(mode=mode, exist_ok=True)
    return lake / table


def move_in(files: Sequence[Path], folder: Path) -> tuple[str, ...]:
    """Move `files` into `folder`, made if need be, under fresh names, durably; the names, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = {entry.name for entry in folder.iterdir()}
    fresh = (name for n in count() if (name := f"part-{n:05}.parquet") not in taken)
    names = []
    for file, name in zip(files, fresh, strict=False):
        shutil.move(file, folder / name)
        sync(folder / name)
        names.append(name)
    sync(folder)
    sync(folder.parent)
    return tuple(names)


def size_of(folder: Path, file: StagedFile) -> int | None:
    """The size of a staged file of the table in `folder`, None when it is gone. Raises TableError for a path that leads
    out of the table, and OSError."""
    path = folder / file.path
    if ".." in path.parts or Path(file.path).is_absolute():
        raise TableError("table.file_missing", "a staged file lies outside of its table", where=str(path))
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
