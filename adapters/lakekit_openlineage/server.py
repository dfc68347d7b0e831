"""Events to a server, by way of a spool."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lakekit.domain.events import Event
from lakekit.plugin.disk import open_private
from lakekit.ports.telemetry import Lineage, Waiting
from lakekit_openlineage.spool import Spool

if TYPE_CHECKING:
    from requests import Session

PATIENCE = 2.0
"""Seconds for a connection, and for an answer."""
BUDGET = 5.0
"""Seconds after which a run leaves the rest to the next."""

_NEVER = frozenset({400, 413, 422})
"""What a server answers to an event that it will not take tomorrow either."""

_log = logging.getLogger(__name__)


class OpenLineageServer(Lineage):
    """Each event is on disk before `emit` returns. When the run ends, what waits is sent, oldest first: the first
    failure ends that, and the next run tries again. So a server that is down delays a run by seconds at most, once."""

    def __init__(self, url: str, api_key: str | None, namespace: str, lake: str, spool: Spool) -> None:
        self._url = url
        self._api_key = api_key
        self._namespace = namespace
        self._lake = lake
        self._spool = spool
        self._emitted = False

    def emit(self, event: Event) -> None:
        """Keep one event. Where the spool cannot be written it is lost, and said so once per run."""
        from openlineage.client.serde import Serde

        from lakekit_openlineage.events import run_event

        told = Serde.to_json(run_event(event, self._namespace, self._lake))
        try:
            self._spool.add(told)
            self._emitted = True
        except OSError as error:
            _log.warning("lineage is lost: %s cannot be written (%s)", self._spool.folder, type(error).__name__)

    def waiting(self) -> Waiting:
        """What the spool holds."""
        try:
            spool = self._spool
            return Waiting(len(spool.waiting()), len(spool.refused()), spool.why(), spool.dropped())
        except OSError as error:
            return Waiting(why=f"{self._spool.folder} cannot be read ({type(error).__name__})")

    def close(self) -> None:
        """Send what waits, where this process has told of anything, and drop what is more than may wait; another
        process that is at it is left to it."""
        if not self._emitted:
            return
        try:
            with _alone(self._spool.folder / ".lock") as alone:
                if alone:
                    self._spool.failed(self._send_all())
                    self._trim()
        except OSError as error:
            _log.warning("lineage waits: %s cannot be used (%s)", self._spool.folder, type(error).__name__)

    def _trim(self) -> None:
        if dropped := self._spool.trim():
            told = "lineage is lost: the oldest %d events are dropped, as more than %d bytes wait in %s"
            _log.warning(told, dropped, self._spool.most, self._spool.folder)

    def _send_all(self) -> str:
        """Why not all were sent; "" when they were."""
        import requests

        until = time.monotonic() + BUDGET
        with requests.Session() as session:
            for event in self._spool.waiting():
                if time.monotonic() > until:
                    return "there are more than a run has time for"
                try:
                    status = self._send(session, event)
                except requests.RequestException as error:
                    return type(error).__name__  # its text may hold what a proxy or a URL says
                if 200 <= status < 300:
                    self._spool.take_off(event)
                elif status in _NEVER:
                    self._spool.put_aside(event)
                else:
                    return f"the server answers {status}"
        return ""

    def _send(self, session: Session, event: Path) -> int:
        headers = {"Content-Type": "application/json"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        answer = session.post(
            self._url, data=event.read_bytes(), headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        return int(answer.status_code)


@contextmanager
def _alone(lock: Path) -> Iterator[bool]:
    """Whether no other process holds the lock; held until the end of the block, or of the process."""
    handle = open_private(lock)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)
