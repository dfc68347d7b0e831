"""What every implementation of the `ObjectStorage` port promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lakekit.plugin.provider import Port
from lakekit.ports.storage import ObjectConflict, ObjectStorage
from lakekit.testing.suite import Suite

KEY = "_lakekit/state/lease/bronze.orders"


class ObjectStorageSuite(Suite):
    """Subclass it as `Test...` and say how to make the adapter."""

    port = Port.STORAGE

    def make(self, folder: Path) -> ObjectStorage:
        """An adapter whose objects belong to `folder`: the same ones for the same folder."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> ObjectStorage:
        return self.make(tmp_path)

    def taken(self, storage: ObjectStorage, folder: Path, *keys: str) -> None:
        """An object per key, whose content is the key."""
        files = {key: folder / f"file{number}" for number, key in enumerate(keys)}
        for key, file in files.items():
            file.write_text(key)
        storage.take(files)

    def test_what_was_never_written_is_not_there(self, storage: ObjectStorage) -> None:
        assert storage.stat(KEY) is None
        assert storage.read(KEY) is None
        assert list(storage.list("")) == []
        assert list(storage.list("bronze/orders")) == []
        storage.delete(KEY)
        storage.delete_all("_lakekit")

    def test_an_object_reads_back_whole_and_in_ranges(self, storage: ObjectStorage, tmp_path: Path) -> None:
        mark = storage.write(KEY, b"0123456789", None)
        assert _content(self.make(tmp_path), KEY) == b"0123456789"
        assert storage.read_range(KEY, 2, 5) == b"234"
        told = storage.stat(KEY)
        assert told is not None
        assert (told.size, told.mark) == (10, mark)

    @pytest.mark.parametrize("data", [b"", b"\x00\xff\r\n", b"x" * 300_000], ids=len)
    def test_any_bytes_can_be_written(self, storage: ObjectStorage, data: bytes) -> None:
        storage.write("a/b", data, None)
        assert _content(storage, "a/b") == data

    def test_a_write_at_the_present_mark_replaces_the_object(self, storage: ObjectStorage) -> None:
        first = storage.write(KEY, b"one", None)
        second = storage.write(KEY, b"two", first)
        assert first != second
        assert _content(storage, KEY) == b"two"

    def test_a_write_that_expects_something_else_is_a_conflict_and_changes_nothing(
        self, storage: ObjectStorage
    ) -> None:
        with pytest.raises(ObjectConflict):
            storage.write(KEY, b"zero", "a mark of nothing")
        first = storage.write(KEY, b"one", None)
        second = storage.write(KEY, b"two", first)
        for expected in (None, first):
            with pytest.raises(ObjectConflict):
                storage.write(KEY, b"three", expected)
        told = storage.stat(KEY)
        assert told is not None
        assert told.mark == second
        assert _content(storage, KEY) == b"two"

    def test_of_threads_that_replace_one_object_exactly_one_wins(self, storage: ObjectStorage) -> None:
        mark = storage.write(KEY, b"start", None)
        assert len(_winners(storage, KEY, mark)) == 1

    def test_of_threads_that_create_one_object_exactly_one_wins(self, storage: ObjectStorage) -> None:
        (winner,) = _winners(storage, KEY, None)
        assert _content(storage, KEY) == winner

    def test_files_become_objects(self, storage: ObjectStorage, tmp_path: Path) -> None:
        keys = ("bronze/orders/b1/part-00000.parquet", "bronze/orders/b1/part-00001.parquet", "landing/x/y")
        self.taken(storage, tmp_path, *keys)
        assert [_content(storage, key) for key in keys] == [key.encode() for key in keys]
        storage.take({})

    def test_an_object_is_downloaded_as_it_is(self, storage: ObjectStorage, tmp_path: Path) -> None:
        content = bytes(range(256)) * 40_000
        (tmp_path / "large").write_bytes(content)
        storage.take({"landing/large": tmp_path / "large"})
        (tmp_path / "copy").write_bytes(b"before")
        storage.download("landing/large", tmp_path / "copy")
        assert (tmp_path / "copy").read_bytes() == content

    def test_a_prefix_ends_at_a_folders_name(self, storage: ObjectStorage, tmp_path: Path) -> None:
        keys = ["bronze/a/1", "bronze/a/deep/er/2", "bronze/ab/3", "landing/a/4", "bronze/é x/5"]
        self.taken(storage, tmp_path, *keys)
        assert list(storage.list("bronze/a")) == ["bronze/a/1", "bronze/a/deep/er/2"]
        assert list(storage.list("")) == sorted(keys)
        for key, listed in storage.list("").items():
            found = storage.stat(key)
            assert found is not None
            assert (listed.size, listed.mark) == (found.size, found.mark) == (len(key.encode()), found.mark)
        storage.delete_all("bronze/a")
        assert list(storage.list("")) == sorted(keys[2:])
        storage.delete("bronze/ab/3")
        assert list(storage.list("bronze")) == [keys[-1]]

    def test_a_prefix_of_objects_is_no_object(self, storage: ObjectStorage, tmp_path: Path) -> None:
        self.taken(storage, tmp_path, "bronze/a/1")
        assert storage.stat("bronze/a") is None

    def test_more_objects_than_one_answer_holds_are_all_listed(self, storage: ObjectStorage, tmp_path: Path) -> None:
        keys = [f"many/{number:05}" for number in range(1_100)]
        self.taken(storage, tmp_path, *keys)
        assert list(storage.list("many")) == keys

    def test_addresses_lie_below_the_lakes(self, storage: ObjectStorage) -> None:
        assert storage.address("bronze/orders") == f"{storage.address('')}/bronze/orders"

    def test_preparing_a_place_makes_no_object(self, storage: ObjectStorage) -> None:
        storage.prepare("_errors/bronze/orders")
        storage.prepare("_errors/bronze/orders")
        assert list(storage.list("")) == []


def _content(storage: ObjectStorage, key: str) -> bytes:
    found = storage.read(key)
    told = storage.stat(key)
    assert found is not None
    assert told is not None
    assert (len(found.data), found.mark) == (told.size, told.mark)
    return found.data


def _winners(storage: ObjectStorage, key: str, expected: str | None) -> list[bytes]:
    def attempt(number: int) -> bool:
        try:
            storage.write(key, str(number).encode(), expected)
        except ObjectConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return [str(number).encode() for number, won in enumerate(pool.map(attempt, range(24))) if won]
