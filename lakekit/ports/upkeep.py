"""Upkeep of Delta tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from lakekit.domain.upkeep import Leftover, TableShape


class Upkeep(Protocol):
    """Tables are named by their folder relative to the lake. No call changes a row; failures raise TableError.

    `public` are the columns of which statistics may be kept. `note` is put into the commit of a rewrite.
    """

    def measure(self, table: PurePosixPath, columns: Sequence[str] = ()) -> TableShape | None:
        """The newest version, or None when there is no table. Its layout has the ranges of these columns as far as the
        log tells exactly, and `clustered` is of the last clustering along them, in this order."""
        ...

    def compact(self, table: PurePosixPath, target: int, public: Collection[str], note: str | None) -> None:
        """Rewrite small files into some of about `target` bytes."""
        ...

    def cluster(
        self, table: PurePosixPath, columns: Sequence[str], target: int, public: Collection[str], note: str | None
    ) -> None:
        """Rewrite all files into some of about `target` bytes, rows ordered along the columns by a space-filling curve
        (Z-order)."""
        ...

    def checkpoint(self, table: PurePosixPath) -> None:
        """Write a checkpoint of the newest version."""
        ...

    def leftovers(self, table: PurePosixPath, hours: float) -> tuple[Leftover, ...]:
        """The files in the table's folder that no version of the last `hours` needs, staged ones of that age included,
        sorted by path."""
        ...

    def remove(self, table: PurePosixPath, leftovers: Sequence[Leftover]) -> None:
        """Remove these files; one that is gone already is no failure."""
        ...

    def alter(
        self,
        table: PurePosixPath,
        properties: Mapping[str, str],
        constraints: Mapping[str, str],
        dropped: Sequence[str],
        note: str | None,
    ) -> None:
        """Take the constraints `dropped` from the table, then set its properties, by Delta's names, and constraints,
        as Spark SQL by name. Each commit has the note. Whether rows keep the constraints is the caller's to know."""
        ...

    def clean_log(self, table: PurePosixPath) -> None:
        """Remove commits that are older than the table's log retention and that a checkpoint covers."""
        ...
