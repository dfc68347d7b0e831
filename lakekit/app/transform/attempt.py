"""The traces of a build under way: where it works, and how the next one finds what a killed one has left.

What an attempt has landed is put away as soon as another begins. What it has staged may still be committed, by a holder
that was asleep and is about to: it is put away when a commit of another has made that impossible.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve, frozen

from lakekit.app.codec import decode, encode
from lakekit.app.ledger import lost
from lakekit.app.tools import Tools
from lakekit.domain.transform import Transform
from lakekit.ports.state_store import WriteConflict


@frozen
class Attempt:
    """The newest attempt at a build: its uid, the fencing token of its holder, and whether it left nothing behind.
    `left` are the uids of those before it whose staged files may still be there."""

    uid: str
    token: int
    ended: bool = False
    left: tuple[str, ...] = ()

    @property
    def leftovers(self) -> tuple[str, ...]:
        """The uids of all attempts that may have left something."""
        return self.left if self.ended else (*self.left, self.uid)


def key(transform: Transform) -> str:
    """Of the record in the state store."""
    return f"build/{transform.name}"


def stage_name(uid: str) -> str:
    """The folder within the table in which the attempt stages its files."""
    return f"build-{uid}"


@contextmanager
def attempt(tools: Tools, transform: Transform, uid: str, token: int) -> Iterator[Path]:
    """An empty private folder for the attempt `uid` of the holder `token` of the transform's lease. What attempts that
    were killed have landed is put away first. Raises LeaseError where a later holder has begun."""
    entry = tools.state.read(key(transform))
    before = decode(entry.text, Attempt) if entry else None
    if before and before.token > token:
        raise lost(transform.name)
    mine = Attempt(uid, token, left=before.leftovers if before else ())
    version = _write(tools, transform, mine, entry.version if entry else None)
    for other in mine.left:
        tools.landing.discard(transform.dataset, other)
    try:
        yield tools.landing.create(transform.dataset, mine.uid)
    finally:
        tools.landing.discard(transform.dataset, mine.uid)
        tools.tables.unstage(transform.dataset.table, stage_name(mine.uid))
        _write(tools, transform, evolve(mine, ended=True), version)


def tidy(tools: Tools, transform: Transform, token: int, *, committed: bool) -> None:
    """Put away what attempts before have landed, and, where the holder `token` has `committed`, what they have staged.
    Where a later holder has begun, that is the later one's to do."""
    entry = tools.state.read(key(transform))
    before = decode(entry.text, Attempt) if entry else None
    if entry is None or before is None or before.token > token:
        return
    if before.ended and not (committed and before.left):
        return
    for uid in before.leftovers:
        tools.landing.discard(transform.dataset, uid)
        if committed:
            tools.tables.unstage(transform.dataset.table, stage_name(uid))
    left = () if committed else before.leftovers
    _write(tools, transform, evolve(before, ended=True, left=left), entry.version)


def _write(tools: Tools, transform: Transform, told: Attempt, expected: int | None) -> int:
    try:
        return tools.state.write(key(transform), encode(told), expected)
    except WriteConflict as conflict:
        raise lost(transform.name) from conflict
