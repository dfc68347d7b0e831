"""The storage `local` keeps the promises of its port, and those of a disk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError, StorageError
from lakekit.plugin.provider import Context
from lakekit.ports.storage import ObjectStorage
from lakekit.testing.storage import KEY, ObjectStorageSuite


class TestLocal(ObjectStorageSuite):
    provider = "local"

    def make(self, folder: Path) -> ObjectStorage:
        return self.registered(Context(folder, str(folder / "lake"), folder / "private"))

    def test_an_object_is_the_file_at_its_address(self, storage: ObjectStorage) -> None:
        storage.write(KEY, b"one", None)
        assert Path(storage.address(KEY)).read_bytes() == b"one"

    def test_folders_that_begin_with_an_underscore_are_their_owners_alone(self, storage: ObjectStorage) -> None:
        storage.prepare("_errors/bronze/orders")
        storage.prepare("bronze/orders")
        modes = {name: stat.S_IMODE(Path(storage.address(name)).stat().st_mode) for name in ("_errors", "bronze")}
        assert modes["_errors"] == 0o700
        assert modes["bronze"] & 0o077

    def test_a_link_that_leads_out_of_the_lake_is_not_followed(self, storage: ObjectStorage, tmp_path: Path) -> None:
        storage.write("bronze/inside/one", b"one", None)
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "theirs").write_bytes(b"theirs")
        (tmp_path / "lake" / "bronze" / "out").symlink_to(outside)
        (tmp_path / "lake" / "bronze" / "in").symlink_to(tmp_path / "lake" / "bronze" / "inside")
        for act in (
            lambda: storage.address("bronze/out"),
            lambda: storage.read("bronze/out/theirs"),
            lambda: storage.write("bronze/out/ours", b"ours", None),
            lambda: storage.prepare("bronze/out"),
            lambda: storage.delete_all("bronze/out"),
        ):
            with pytest.raises(StorageError) as caught:
                act()
            assert caught.value.code == "storage.outside"
        assert [path.name for path in outside.iterdir()] == ["theirs"]
        found = storage.read("bronze/in/one")
        assert found is not None
        assert found.data == b"one"

    def test_a_file_where_a_folder_should_be_is_an_error_that_says_where(
        self, storage: ObjectStorage, tmp_path: Path
    ) -> None:
        (tmp_path / "lake").write_text("a file")
        with pytest.raises(StorageError) as caught:
            storage.write(KEY, b"one", None)
        assert caught.value.code == "storage.failed"
        assert str(tmp_path / "lake") in caught.value.where

    def test_a_bucket_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError):
            self.registered(Context(tmp_path, "s3://bucket/lake", tmp_path))
