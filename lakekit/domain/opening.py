"""What a run does with the batch that an earlier run began: a pure decision."""

from __future__ import annotations

import enum

from lakekit.domain.batch import Batch, Bounds, Status


class Way(enum.Enum):
    """`GO_ON` with the batch as it was opened; `READ_ANEW`, under its number, with the source's bounds of now."""

    GO_ON = "go on"
    READ_ANEW = "read anew"


def needs_bounds(pending: Batch, *, landed: bool) -> bool:
    """Whether the source has to be looked at before the way is known."""
    return pending.status is Status.HELD or not (landed or pending.status is Status.SEALED)


def way(pending: Batch, *, landed: bool, now: Bounds | None) -> Way:
    """What becomes of `pending`. `landed` says that its rows lie in the landing zone; `now` are the bounds that a new
    batch would have.

    Rows that were landed are never thrown away while they may be the only copy: a batch goes on, in the mode it was
    opened in. One that has read nothing yet takes the source as it is now, so that a file that could not be read can be
    mended. One that a gate holds, or that had landed before the contract stopped at it, is read anew when one of its
    own files was written again and none of them is gone.
    """
    if pending.status is Status.SEALED:
        return Way.GO_ON
    if not landed:
        return Way.GO_ON if now == pending.bounds else Way.READ_ANEW
    if pending.status is not Status.HELD or now is None:
        return Way.GO_ON
    before, after = {f.path: f for f in pending.bounds.files}, {f.path: f for f in now.files}
    mended = before.keys() <= after.keys() and any(after[path] != mark for path, mark in before.items())
    return Way.READ_ANEW if mended else Way.GO_ON
