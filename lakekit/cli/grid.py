"""Text in columns, as lines."""

from __future__ import annotations

from collections.abc import Sequence

import click

GAP = "  "


def grid(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under titles, each column as wide as its widest cell.

    A title that begins with `>` sets its column flush right, for numbers. Styles of cells take no room.
    """
    plain = [title.removeprefix(">") for title in titles]
    head = [click.style(title, bold=True) if title else "" for title in plain]
    widths = [max(map(_length, column)) for column in zip(plain, *rows, strict=True)]
    right = [title.startswith(">") for title in titles]
    return [_line(cells, widths, right) for cells in (head, *rows)]


def fitting(width: int, *candidates: list[str]) -> list[str]:
    """The first candidate that fits into `width` columns, otherwise the last."""
    fits = (lines for lines in candidates if max(map(_length, lines), default=0) <= width)
    return next(fits, candidates[-1])


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, width, flush in zip(cells, widths, right, strict=True):
        blanks = " " * (width - _length(cell))
        padded.append(blanks + cell if flush else cell + blanks)
    return GAP.join(padded).rstrip()


def _length(cell: str) -> int:
    return len(click.unstyle(cell))
