"""Where a table lies."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.ports.storage import ObjectStorage, Stat


@frozen
class Place:
    """A table's folder, or something below it. As text it is the path or URL by which drivers know it."""

    storage: ObjectStorage
    key: str

    def __truediv__(self, name: str) -> Place:
        return Place(self.storage, f"{self.key}/{name}")

    def __str__(self) -> str:
        return self.storage.address(self.key)

    def stat(self) -> Stat | None:
        """None when nothing is there."""
        return self.storage.stat(self.key)


def check_lake(lake: str) -> None:
    """A lake is an absolute local folder, or in a bucket; anything else raises ConfigError."""
    mend = "set the lake to an absolute path or a bucket, as in /data/lake"
    if "://" not in lake and not Path(lake).is_absolute():
        raise ConfigError("lake.not_absolute", "the lake's folder is not absolute", where=lake, next=mend)
    if any(char in "%\\" or not char.isprintable() for char in lake):
        told = "Delta tables cannot be kept there"
        why = "delta-rs takes % and \\ in a path for something else, and no control characters"
        raise ConfigError("lake.bad_path", told, where=repr(lake), why=why, next=mend)
