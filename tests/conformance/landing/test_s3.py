"""The landing zone `s3` keeps the promises of its port, and some of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.domain.errors import StateError
from lakekit.domain.landing import Manifest, Part
from lakekit.plugin.provider import Context
from lakekit.ports.landing import Landing
from lakekit.testing.landing import ORDERS, UID, LandingSuite
from lakekit_aws.storage import S3Storage, open_storage

FOLDER = f"landing/bronze/orders/{UID}"


class TestS3(LandingSuite):
    provider = "s3"

    @pytest.fixture(autouse=True)
    def _lakes(self, s3_lakes: str) -> None:
        self.lake = s3_lakes

    @pytest.fixture
    def storage(self) -> S3Storage:
        return open_storage(self.lake)

    def make(self, folder: Path) -> Landing:
        return self.registered(Context(folder, self.lake, folder / "private"))

    def harm(self, landing: Landing, name: str, content: bytes | None) -> None:  # noqa: ARG002
        storage = open_storage(self.lake)
        (key,) = (key for key in storage.list(FOLDER) if key.endswith(f"/{name}"))
        storage.delete(key)
        if content is not None:
            storage.write(key, content, None)

    def test_what_a_seal_without_a_manifest_uploaded_is_no_landing(self, landing: Landing, storage: S3Storage) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        storage.delete(f"{FOLDER}/manifest.json")
        assert landing.manifest(ORDERS, UID) is None
        landing.create(ORDERS, UID)
        assert list(storage.list(FOLDER)) == []

    def test_of_two_that_seal_one_attempt_the_first_counts_and_its_parts_stay(
        self, landing: Landing, tmp_path: Path
    ) -> None:
        first = self.landed(landing)
        late = self.make(tmp_path)
        part = late.create(ORDERS, UID) / "part-00000.parquet"
        part.write_bytes(b"two")
        landing.seal(ORDERS, UID, first)
        with pytest.raises(StateError) as caught:
            late.seal(ORDERS, UID, Manifest((Part(part.name, 3, 3, "orders.csv"),)))
        assert caught.value.code == "landing.taken"
        assert late.manifest(ORDERS, UID) == first
        assert late.part(ORDERS, UID, first.parts[0]).read_bytes() == b"one"

    def test_nothing_stays_on_this_host_once_it_is_closed(self, landing: Landing, tmp_path: Path) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        landing.close()
        assert not any(path.is_file() for path in tmp_path.rglob("*"))

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"place": "x", "parts": [7]}'])
    def test_a_manifest_that_nobody_sealed_is_an_error(self, landing: Landing, storage: S3Storage, text: str) -> None:
        storage.write(f"{FOLDER}/manifest.json", text.encode(), None)
        with pytest.raises(StateError) as caught:
            landing.manifest(ORDERS, UID)
        assert caught.value.code == "landing.corrupt"

    def test_the_manifest_is_plain_json(self, landing: Landing, storage: S3Storage) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        found = storage.read(f"{FOLDER}/manifest.json")
        assert found is not None
        told = json.loads(found.data)
        assert [part["rows"] for part in told["parts"]] == [3, 1]
