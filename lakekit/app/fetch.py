"""Fetch: small files of a place into a folder of this host."""

from __future__ import annotations

from pathlib import Path

from lakekit.ports.storage import ObjectStorage


def fetch(storage: ObjectStorage, names: tuple[str, ...], endings: tuple[str, ...], folder: Path, limit: int) -> None:
    """Copy the objects `names`, and those below them that end so, into the empty `folder`, under their keys.

    Of each these are the first `limit` bytes and one more, by which a reader knows that it is too large. Raises
    StorageError.
    """
    found = {key: stat for name in names for key, stat in storage.list(name).items()}
    found |= {name: stat for name in names if (stat := storage.stat(name))}
    for key, stat in found.items():
        if key.endswith(endings) and not {".", ".."} & set(key.split("/")):
            size = min(stat.size, limit + 1)
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(storage.read_range(key, 0, size) if size else b"")
