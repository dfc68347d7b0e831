"""The name that may have been meant where there is none of that name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100
"""Characters of a name that are looked at: comparing takes their square, and what was written may be anything."""
_LIKE = 0.6


def nearest(asked: str, names: Iterable[str], like: float = _LIKE) -> str:
    """The name most like what was asked for, whatever the case of either; empty where none is at least `like`, between
    0 and 1. In whatever order names come, the answer is the same, among equals too."""
    spelled = {name.lower(): name for name in sorted(names)}
    near = get_close_matches(asked[:_LONGEST].lower(), spelled, n=1, cutoff=like)
    return spelled[near[0]] if near else ""


def did_you_mean(near: str) -> str:
    """The question after `near`, as a next step; empty where that is."""
    return f"did you mean {near!r}?" if near else ""


def aside(near: str) -> str:
    """The same question behind what is wrong, with the blank before it."""
    return f" ({did_you_mean(near)})" if near else ""
