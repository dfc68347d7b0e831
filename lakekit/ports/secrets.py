"""Secrets, by reference."""

from __future__ import annotations

from typing import Protocol


class Secrets(Protocol):
    """Resolves the references of one scheme, as in `secret://env/NAME`."""

    def get(self, name: str) -> str:
        """The secret's value. Raises ConfigError, naming the reference alone, when there is none."""
        ...
