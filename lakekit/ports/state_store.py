"""Small records with compare-and-set: all that leases and the ledger need."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen


@frozen
class Entry:
    """A record as read: its text, and the version that a later write must name."""

    text: str
    version: int


class WriteConflict(Exception):
    """The record is not at the expected version: nothing was written."""


class StateStore(Protocol):
    """Keys are `/`-separated. A write is durable when it returns. Safe for threads. Failures raise StateError."""

    def read(self, key: str) -> Entry | None:
        """The record, or None when there is none."""
        ...

    def write(self, key: str, text: str, expected: int | None) -> int:
        """Write if the record is at version `expected` (None: if there is none) and return its new version.
        Raises WriteConflict otherwise."""
        ...

    def keys(self, prefix: str) -> tuple[str, ...]:
        """The keys that begin with `prefix`, in order."""
        ...
