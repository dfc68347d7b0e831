"""Where a table lies."""

from __future__ import annotations

from attrs import frozen

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
