"""The storage `s3` keeps the promises of its port."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.storage import ObjectStorage
from lakekit.testing.storage import ObjectStorageSuite


class TestS3(ObjectStorageSuite):
    @pytest.fixture(autouse=True)
    def _lakes(self, s3_lakes: str) -> None:
        self.lakes = s3_lakes

    def make(self, folder: Path) -> ObjectStorage:
        return load_plugins().make(Port.STORAGE, "s3", Context(folder, self.lakes, folder / "private"))
