"""A text in which parts of another were replaced, and where its characters stood in that."""

from __future__ import annotations

from attrs import frozen


@frozen
class Piece:
    """A part of a text. `start` is the character of the original that its first one is; where it is not `copied`, the
    one that all of it stands for."""

    text: str
    start: int
    copied: bool = True


@frozen
class Spliced:
    """`original`, and the pieces that the new text is made of."""

    original: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The new text."""
        return "".join(piece.text for piece in self.pieces)

    def origin(self, offset: int) -> int:
        """The character of the original that one of the new text is, or stands for."""
        end = 0
        for piece in self.pieces:
            if offset < end + len(piece.text):
                return piece.start + (offset - end if piece.copied else 0)
            end += len(piece.text)
        return len(self.original)


def position(text: str, offset: int) -> str:
    """`line:column` of a character, both from 1."""
    before = text[:offset]
    return f"{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}"


def offset_of(text: str, place: str) -> int:
    """The character at `line:column`, as `position` tells it."""
    line, _, column = place.partition(":")
    return sum(len(each) + 1 for each in text.split("\n")[: int(line) - 1]) + int(column) - 1
