"""Events on this host's disk, until a server has them."""

from __future__ import annotations

import os
import time
from itertools import count
from pathlib import Path

from attrs import frozen

from lakekit.plugin.disk import open_private, sync

_REFUSED = "refused"
_WHY = "why"
_DROPPED = "dropped"
_NUMBERS = count()


@frozen
class Spool:
    """A private folder with a file for each event, named so that older ones come first. A file is there whole or not at
    all, and stays until it is taken off; so a kill costs no event, and at most sends one twice. Raises OSError.

    Events that wait, and those put aside, have `most` bytes together at most: beyond it the oldest are dropped.
    """

    folder: Path
    most: int

    def add(self, event: str) -> None:
        """Keep an event."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_NUMBERS)}.json"
        begun = self.folder / f".{name}"
        handle = open_private(begun)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(event)
        sync(begun)
        begun.rename(self.folder / name)

    def waiting(self) -> list[Path]:
        """The events, oldest first."""
        return sorted(self.folder.glob("*.json"))

    def refused(self) -> list[Path]:
        """Those that the server will never take."""
        return sorted((self.folder / _REFUSED).glob("*.json"))

    def take_off(self, event: Path) -> None:
        """The server has it."""
        event.unlink(missing_ok=True)

    def put_aside(self, event: Path) -> None:
        """The server refuses it, and others wait behind it."""
        (self.folder / _REFUSED).mkdir(mode=0o700, exist_ok=True)
        event.rename(self.folder / _REFUSED / event.name)

    def trim(self) -> int:
        """Drop the oldest events, those put aside before those that wait, until the others have `most` bytes at most;
        return how many. One that another process takes off meanwhile counts for neither."""
        sizes = {event: size for event in (*self.refused(), *self.waiting()) if (size := _size(event)) is not None}
        held, dropped = sum(sizes.values()), 0
        for event, size in sizes.items():
            if held <= self.most:
                break
            event.unlink(missing_ok=True)
            held, dropped = held - size, dropped + 1
        if dropped:
            self._write(_DROPPED, str(self.dropped() + dropped))
        return dropped

    def dropped(self) -> int:
        """How many events have been dropped in all, as long as the file that counts them is there."""
        told = self._read(_DROPPED)
        return int(told) if told.isdecimal() else 0

    def why(self) -> str:
        """Why the last attempt failed; "" where it did not."""
        return self._read(_WHY)

    def failed(self, why: str) -> None:
        """Keep why an attempt failed, or with "" that it did not."""
        self._write(_WHY, why)

    def _read(self, name: str) -> str:
        try:
            return (self.folder / name).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).unlink(missing_ok=True)
        if text:
            handle = open_private(self.folder / name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)


def _size(event: Path) -> int | None:
    try:
        return event.stat().st_size
    except FileNotFoundError:
        return None
