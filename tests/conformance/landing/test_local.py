"""The landing zone `local` keeps the promises of its port, and some of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError, StateError
from lakekit.plugin.provider import Context
from lakekit.ports.landing import Landing
from lakekit.testing.landing import ORDERS, UID, LandingSuite


class TestLocal(LandingSuite):
    provider = "local"

    def make(self, folder: Path) -> Landing:
        return self.registered(Context(folder, str(folder / "lake"), folder / "private"))

    def test_folders_are_where_the_layout_says(self, landing: Landing, tmp_path: Path) -> None:
        assert landing.folder(ORDERS, UID) == tmp_path / "lake" / "landing" / "bronze" / "orders" / UID

    def test_a_manifest_that_was_half_written_counts_as_none(self, landing: Landing) -> None:
        self.landed(landing)
        (landing.folder(ORDERS, UID) / ".manifest.json").write_text('{"parts": [')
        assert landing.manifest(ORDERS, UID) is None

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"parts": [{"path": "x"}]}', '{"parts": [7]}', "\udcff"])
    def test_a_manifest_that_nobody_sealed_is_an_error(self, landing: Landing, text: str) -> None:
        folder = landing.create(ORDERS, UID)
        (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(StateError) as caught:
            landing.manifest(ORDERS, UID)
        assert caught.value.code == "landing.corrupt"
        assert str(folder) in caught.value.next

    def test_a_link_that_leads_out_of_the_folder_is_no_part(self, landing: Landing, tmp_path: Path) -> None:
        manifest = self.landed(landing)
        landing.seal(ORDERS, UID, manifest)
        (tmp_path / "secret").write_bytes(b"one")
        part = landing.folder(ORDERS, UID) / "part-00000.parquet"
        part.unlink()
        part.symlink_to(tmp_path / "secret")
        with pytest.raises(StateError):
            landing.manifest(ORDERS, UID)

    def test_a_part_that_was_never_written_cannot_be_sealed(self, landing: Landing) -> None:
        manifest = self.landed(landing)
        (landing.folder(ORDERS, UID) / "part-00000.parquet").unlink()
        with pytest.raises(StateError):
            landing.seal(ORDERS, UID, manifest)
        assert landing.manifest(ORDERS, UID) is None

    @pytest.mark.parametrize("uid", ["", ".", "..", "../x", "a/b", "a b", "é"])
    def test_a_uid_that_is_no_folders_name_is_refused(self, landing: Landing, uid: str) -> None:
        with pytest.raises(ValueError, match="uid"):
            landing.create(ORDERS, uid)

    def test_a_landing_zone_that_cannot_be_written_is_an_error_that_says_where(self, tmp_path: Path) -> None:
        (tmp_path / "lake").write_text("a file where a folder should be")
        with pytest.raises(StateError) as caught:
            self.make(tmp_path).create(ORDERS, UID)
        assert caught.value.code == "landing.unavailable"
        assert str(tmp_path / "lake") in caught.value.where

    def test_a_bucket_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as caught:
            self.registered(Context(tmp_path, "s3://bucket/lake", tmp_path / "private"))
        assert caught.value.code == "config.lake_not_local"

    def test_the_manifest_is_plain_json(self, landing: Landing) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        told = json.loads((landing.folder(ORDERS, UID) / "manifest.json").read_text("utf-8"))
        assert [part["rows"] for part in told["parts"]] == [3, 1]
