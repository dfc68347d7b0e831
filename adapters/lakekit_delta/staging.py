"""Files on their way into a table's folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path, PurePosixPath

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit_delta.place import Place

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


def check_name(name: str) -> None:
    """Refuse what vacuum would never clean (`_` or `.` first), what readers take for a partition (`=`), or
    what a path in the log would have to escape."""
    if not _NAME.fullmatch(name):
        raise TableError("table.stage_name", f"{name!r} cannot name a staged folder")


def move_in(files: Sequence[Path], folder: Place) -> tuple[str, ...]:
    """Move `files` into `folder` under fresh names, durably; the names, in order."""
    taken = {key.rpartition("/")[2] for key in folder.storage.list(folder.key)}
    fresh = (name for n in count() if (name := f"part-{n:05}.parquet") not in taken)
    named = dict(zip(fresh, files, strict=False)) if files else {}
    folder.storage.take({f"{folder.key}/{name}": file for name, file in named.items()})
    return tuple(named)


def size_of(folder: Place, file: StagedFile) -> int | None:
    """The size of a staged file of the table in `folder`, None when it is gone. Raises TableError for a path that leads
    out of the table."""
    path = PurePosixPath(file.path)
    if ".." in path.parts or path.is_absolute():
        raise TableError("table.file_missing", "a staged file lies outside of its table", where=str(folder / file.path))
    found = (folder / file.path).stat()
    return None if found is None else found.size
