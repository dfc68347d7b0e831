"""How far a source has read, told by it to whoever looks on."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told what a source does while it extracts. Nothing depends on it: a source may tell all, a part, or nothing.

    Safe for threads, cheap enough for each chunk of some thousand rows, and it never raises.
    """

    def advance(self, rows: int = 0, bytes: int = 0) -> None:
        """So many more rows have landed, and so many more bytes of the source have been read, than was told before.

        Bytes are those that `Bounds.files` counts: of a packed file its own, not what comes out of it. Less than
        nothing takes back what was told of a piece that is read again. What is told in the end is no more bytes than
        the files have, and all rows of the parts, or none.
        """
        ...


class _Nobody:
    def advance(self, rows: int = 0, bytes: int = 0) -> None:
        """Nobody looks on."""


NOBODY: Progress = _Nobody()
"""For a source that is made to be looked at, or asked for bounds alone."""
