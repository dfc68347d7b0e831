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
_NUMBERS = count()


@frozen
class Spool:
    """A private folder with a file for each event, named so that older ones come first. A file is there whole or not at
    all, and stays until it is taken off; so a kill costs no event, and at most sends one twice. Raises OSError."""

    folder: Path

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

    def why(self) -> str:
        """Why the last attempt failed; "" where it did not."""
        try:
            return (self.folder / _WHY).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def failed(self, why: str) -> None:
        """Keep why an attempt failed, or with "" that it did not."""
        (self.folder / _WHY).unlink(missing_ok=True)
        if why:
            handle = open_private(self.folder / _WHY)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(why)
