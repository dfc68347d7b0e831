"""Leases over the state store: one holder at a time, an expiry, and a token that grows with each holder.

A lease keeps two runs from doing the same work. It is not what makes publishing safe: a holder that lost its lease
without noticing is stopped by the ledger's compare-and-set and by the table's transaction version.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from attrs import evolve, frozen

from lakekit.app.codec import decode, encode
from lakekit.app.ledger import lost
from lakekit.app.tools import Tools
from lakekit.domain.errors import LakekitError, LeaseError
from lakekit.ports.state_store import WriteConflict


@frozen
class LeaseRecord:
    """A lease as stored; `holder` is "" when it is free. `expires` is an ISO timestamp in UTC."""

    holder: str
    token: int
    expires: str


@contextmanager
def lease(tools: Tools, name: str) -> Iterator[int]:
    """Hold the lease `name` and give its fencing token; renewed in the background until the block ends.

    Raises LeaseError `lease.held` when a living holder has it, and `lease.lost` for whatever fails within the block
    once another has it: the next holder clears away what this one was working on.
    """
    key = f"lease/{name}"
    token = _acquire(tools, key, name)
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(tools, key, token, ended), daemon=True)
    keeper.start()
    try:
        yield token
    except Exception as error:
        if _overtaken(tools, key, token) and not isinstance(error, LeaseError):
            raise lost(name) from error
        raise
    finally:
        ended.set()
        keeper.join()
        _release(tools, key, token)


def _acquire(tools: Tools, key: str, name: str) -> int:
    entry = tools.state.read(key)
    held = decode(entry.text, LeaseRecord) if entry else LeaseRecord("", 0, "")
    if held.holder and not _free(tools, held):
        raise _held(name, held)
    mine = LeaseRecord(tools.processes.me(), held.token + 1, _expiry(tools))
    try:
        tools.state.write(key, encode(mine), entry.version if entry else None)
    except WriteConflict as conflict:
        raise _held(name, held) from conflict
    return mine.token


def _free(tools: Tools, held: LeaseRecord) -> bool:
    return datetime.fromisoformat(held.expires) <= tools.clock.now() or tools.processes.gone(held.holder)


def _keep(tools: Tools, key: str, token: int, ended: threading.Event) -> None:
    """Renew at a third of the lease's time. A lease that was lost is left alone: the ledger will refuse its token."""
    while not ended.wait(tools.lease_seconds / 3):
        if not _rewrite(tools, key, token, holder=tools.processes.me()):
            return


def _overtaken(tools: Tools, key: str, token: int) -> bool:
    try:
        entry = tools.state.read(key)
        return entry is not None and decode(entry.text, LeaseRecord).token > token
    except LakekitError:
        return False  # what failed in the block is the news


def _release(tools: Tools, key: str, token: int) -> None:
    _rewrite(tools, key, token, holder="")


def _rewrite(tools: Tools, key: str, token: int, holder: str) -> bool:
    try:
        entry = tools.state.read(key)
        held = decode(entry.text, LeaseRecord) if entry else None
        if entry is None or held is None or held.token != token:
            return False
        tools.state.write(key, encode(evolve(held, holder=holder, expires=_expiry(tools))), entry.version)
    except (WriteConflict, LakekitError):
        return False  # an expiry that was not pushed back costs a take-over, nothing else
    return True


def _expiry(tools: Tools) -> str:
    return (tools.clock.now() + timedelta(seconds=tools.lease_seconds)).isoformat()


def _held(name: str, held: LeaseRecord) -> LeaseError:
    return LeaseError(
        "lease.held",
        f"another run is working on {name}",
        where=held.holder or "unknown holder",
        why=f"its lease runs until {held.expires}" if held.expires else "it took the lease this moment",
        next="wait for it to end, or for the lease to expire, and run again",
    )
