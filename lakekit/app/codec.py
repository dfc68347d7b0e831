"""Ledger records and commit notes as JSON."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve

from lakekit.domain.batch import Mode
from lakekit.domain.errors import StateError
from lakekit.domain.progress import Lane, Note

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

NOTE_MARK = "lakekit"
"""The key by which a commit's note is known as ours among the notes of others."""


def encode(value: object) -> str:
    """An attrs value as one line of JSON."""
    return json.dumps(_converter().unstructure(value), separators=(",", ":"))


def decode(text: str, kind: type[T]) -> T:
    """The value that `encode` wrote. Raises StateError `state.corrupt` for anything else."""
    try:
        return _converter().structure(json.loads(text), kind)
    except Exception as error:  # cattrs raises groups of many kinds; all mean the same here
        raise StateError(
            "state.corrupt",
            f"a stored {kind.__name__} cannot be read",
            why=type(error).__name__,
            next="see runbooks/state-disagrees.md",
        ) from error


def encode_note(note: Note) -> str:
    """The text of a commit's note.

    A bronze note leaves out the staged files, which its own commit lists. Along a watermark every note leaves out the
    files that were looked through: they are no progress, and may be many.
    """
    batch = note.batch
    if batch and batch.mode is Mode.CURSOR:
        batch = evolve(batch, bounds=evolve(batch.bounds, files=()))
    if batch and batch.seal and note.lane is Lane.BRONZE:
        batch = evolve(batch, seal=evolve(batch.seal, bronze=(), quarantine=()))
    told = _converter().unstructure(evolve(note, batch=batch))
    return json.dumps({NOTE_MARK: 1, **told}, separators=(",", ":"))


def decode_note(text: str | None) -> Note | None:
    """The note, or None where the text is not one of ours."""
    if not text or f'"{NOTE_MARK}"' not in text:
        return None
    try:
        told: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.pop(NOTE_MARK, None) != 1:
        return None
    return decode(json.dumps(told), Note)


@cache
def _converter() -> Converter:
    from cattrs import Converter

    return Converter(forbid_extra_keys=True)
