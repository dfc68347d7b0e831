"""Files on their way into a table's folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.ports.table_store import TableFile
from lakekit_delta.place import Place

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


def check_name(name: str) -> None:
    """Refuse what vacuum would never clean (`_` or `.` first), what readers take for a partition (`=`), or
    what a path in the log would have to escape."""
    if not _NAME.fullmatch(name):
        raise TableError("table.stage_name", f"{name!r} cannot name a staged folder")


def move_in(
    files: Sequence[Path], folder: Place, partitions: Mapping[Path, Mapping[str, str | None]]
) -> tuple[str, ...]:
    """Move `files` into `folder` under fresh names, durably; the paths there, in order."""
    taken = {key.rpartition("/")[2] for key in folder.storage.list(folder.key)}
    fresh = (name for n in count() if (name := f"part-{n:05}.parquet") not in taken)
    paths = (f"{partition_folder(partitions.get(file, {}))}{name}" for file, name in zip(files, fresh, strict=False))
    named = dict(zip(paths, files, strict=True)) if files else {}
    folder.storage.take({f"{folder.key}/{name}": file for name, file in named.items()})
    return tuple(named)


def partition_folder(partition: Mapping[str, str | None]) -> str:
    """The folders of a partition, as Hive has named them; a file without one lies in none."""
    told = (
        (quote(name, safe=""), _NO_VALUE if value is None else quote(value, safe=""))
        for name, value in partition.items()
    )
    return "".join(f"{name}={value}/" for name, value in told)


def size_of(folder: Place, file: StagedFile | TableFile) -> int | None:
    """The size of a file of the table in `folder`, None when it is gone. Raises TableError for a path that leads
    out of the table."""
    path = PurePosixPath(file.path)
    if ".." in path.parts or path.is_absolute():
        raise TableError("table.file_missing", "a file lies outside of its table", where=str(folder / file.path))
    found = (folder / file.path).stat()
    return None if found is None else found.size
