"""The landing zone."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from lakekit.domain.landing import Manifest, Part
from lakekit.domain.names import Dataset


class Landing(Protocol):
    """Raw values, a place per batch attempt. On this host they lie in folders that their owner alone can read."""

    def create(self, dataset: Dataset, uid: str) -> Path:
        """A fresh, empty folder for the attempt `uid`; what an earlier life of the same attempt left is removed."""
        ...

    def folder(self, dataset: Dataset, uid: str) -> Path:
        """The folder of the attempt, whether or not it exists."""
        ...

    def seal(self, dataset: Dataset, uid: str, manifest: Manifest) -> None:
        """Write the manifest, whole or not at all, after every part is durable where each run will find it."""
        ...

    def manifest(self, dataset: Dataset, uid: str) -> Manifest | None:
        """The manifest, or None when the extraction never finished. A part that is missing or of another size than
        the manifest says raises StateError."""
        ...

    def part(self, dataset: Dataset, uid: str, part: Part) -> Path:
        """A file of this host with the content of a part of the sealed manifest."""
        ...

    def workspace(self, dataset: Dataset, uid: str, token: int) -> Path:
        """The path of a folder inside the attempt's where the holder `token` of the batch prepares lanes; it does not
        exist yet. Each holder has its own: one that has expired without noticing writes into nobody else's."""
        ...

    def discard_workspaces(self, dataset: Dataset, uid: str) -> None:
        """Remove the workspaces of all holders, if there are any; the landed parts stay."""
        ...

    def discard(self, dataset: Dataset, uid: str) -> None:
        """Remove the folder, if there is one."""
        ...

    def close(self) -> None:
        """Remove what this host keeps for this process alone."""
        ...
