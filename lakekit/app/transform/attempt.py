"""The traces of a build under way: where it works, and how the next one finds what a killed one has left."""

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
    """The newest attempt at a build: its uid, the fencing token of its holder, and whether it left nothing behind."""

    uid: str
    token: int
    ended: bool = False


def key(transform: Transform) -> str:
    """Of the record in the state store."""
    return f"build/{transform.name}"


def stage_name(uid: str) -> str:
    """The folder within the table in which the attempt stages its files."""
    return f"build-{uid}"


@contextmanager
def attempt(tools: Tools, transform: Transform, uid: str, token: int) -> Iterator[Path]:
    """An empty private folder for the attempt `uid` of the holder `token` of the transform's lease. What an attempt
    that was killed has left, staged files that no commit names among it, is put away first. Raises LeaseError where a
    later holder has begun."""
    mine = Attempt(uid, token)
    entry = tools.state.read(key(transform))
    before = decode(entry.text, Attempt) if entry else None
    if before and before.token > token:
        raise lost(transform.name)
    version = _write(tools, transform, mine, entry.version if entry else None)
    if before and not before.ended:
        _put_away(tools, transform, before.uid)
    try:
        yield tools.landing.create(transform.dataset, mine.uid)
    finally:
        _put_away(tools, transform, mine.uid)
        _write(tools, transform, evolve(mine, ended=True), version)


def _write(tools: Tools, transform: Transform, told: Attempt, expected: int | None) -> int:
    try:
        return tools.state.write(key(transform), encode(told), expected)
    except WriteConflict as conflict:
        raise lost(transform.name) from conflict


def _put_away(tools: Tools, transform: Transform, uid: str) -> None:
    tools.landing.discard(transform.dataset, uid)
    tools.tables.unstage(transform.dataset.table, stage_name(uid))
