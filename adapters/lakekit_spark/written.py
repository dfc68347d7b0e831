"""The files that a job of Spark left in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from lakekit.plugin.disk import sync
from lakekit.ports.engine import Written
from lakekit_spark.footer import read_footer
from lakekit_spark.stats import column_stats

LANE = "_lane"


def collect_files(folder: Path) -> tuple[Written, ...]:
    """The files that hold rows, by lane, safe on the disk. All others, empty ones and checksums, are removed."""
    written = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        told = _written(path, folder) if path.suffix == ".parquet" else None
        if told is not None and told.rows:
            written.append(told)
        else:
            path.unlink()
    _sync(folder, [w.path for w in written])
    return tuple(written)


def _written(path: Path, folder: Path) -> Written:
    footer = read_footer(path)
    lane = "" if path.parent == folder else unquote(path.parent.name.removeprefix(f"{LANE}="))
    return Written(lane, path, path.stat().st_size, footer.rows, column_stats(footer))


def _sync(folder: Path, files: Iterable[Path]) -> None:
    """The files, and the folders that name them, survive a loss of power once this returns."""
    paths = list(files)
    for path in [*paths, *{p.parent for p in paths}, folder, folder.parent]:
        sync(path)
