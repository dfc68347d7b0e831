"""The storage `s3` keeps the promises of its port."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from deltalake import DeltaTable, Schema

from lakekit.domain.errors import StorageError
from lakekit.plugin.provider import Context
from lakekit.ports.storage import ObjectStorage
from lakekit.testing.storage import ObjectStorageSuite

EMPTY = '{"type": "struct", "fields": [{"name": "id", "type": "long", "nullable": true, "metadata": {}}]}'


class TestS3(ObjectStorageSuite):
    provider = "s3"

    @pytest.fixture(autouse=True)
    def _lakes(self, s3_lakes: str) -> None:
        self.lakes = s3_lakes

    def test_credentials_of_a_profile_serve_here_and_for_delta_rs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key, secret = (os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
        file = tmp_path / "credentials"
        file.write_text(f"[lake]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
        with pytest.raises(StorageError) as caught:
            self.make(tmp_path).read("a")
        assert caught.value.code == "storage.no_credentials"
        monkeypatch.setenv("AWS_PROFILE", "lake")
        storage = self.make(tmp_path)
        storage.write("a", b"one", None)
        assert storage.options()["AWS_ACCESS_KEY_ID"] == key
        DeltaTable.create(storage.address("t"), Schema.from_json(EMPTY), storage_options=dict(storage.options()))

    def make(self, folder: Path) -> ObjectStorage:
        return self.registered(Context(folder, self.lakes, folder / "private"))
