"""What a Spark on other machines reads and writes passes through the bucket, and nothing of it stays there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from lakekit.ports.storage import ObjectStorage, Stat
from lakekit.system.ids import SystemIds
from lakekit_aws.storage import open_storage
from lakekit_spark.mirror import ABANDONED, FOLDER, Mirror


@frozen
class Aged:
    """A storage in which some objects are older than they are."""

    storage: Any
    prefix: str
    by: int

    def list(self, prefix: str) -> Mapping[str, Stat]:
        found: Mapping[str, Stat] = self.storage.list(prefix)
        return {k: evolve(s, modified=s.modified - self.by * k.startswith(self.prefix)) for k, s in found.items()}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)


@pytest.fixture
def storage(s3_lakes: str) -> ObjectStorage:
    return open_storage(s3_lakes)


@pytest.fixture
def mirror(storage: ObjectStorage) -> Iterator[Mirror]:
    made = Mirror(storage, SystemIds())
    yield made
    made.close()


def file(folder: Path, content: str, name: str = "a.parquet") -> Path:
    (path := folder / name).write_text(content)
    return path


def key(storage: ObjectStorage, address: str) -> str:
    return address.removeprefix(f"{storage.address('')}/").removeprefix(f"s3a{storage.address('')[2:]}/")


def test_a_file_of_the_host_is_uploaded_once_and_stays_where_it_is(
    mirror: Mirror, storage: ObjectStorage, tmp_path: Path
) -> None:
    path = file(tmp_path, "rows", "it's [a]*?.parquet")
    seen = mirror.seen(str(path))
    assert mirror.seen(str(path)) == seen
    found = storage.read(key(storage, seen))
    assert (found and found.data, path.read_text()) == (b"rows", "rows")


def test_another_file_under_the_same_path_is_another(mirror: Mirror, tmp_path: Path) -> None:
    path = file(tmp_path, "rows")
    before = mirror.seen(str(path))
    path.unlink()
    assert mirror.seen(str(file(tmp_path, "other rows"))) != before


def test_a_file_of_the_lake_is_read_where_it_is(mirror: Mirror, storage: ObjectStorage) -> None:
    address = storage.address("bronze/orders/a.parquet")
    assert mirror.seen(address) == address


def test_what_was_written_is_fetched_and_is_there_already_for_the_next_query(
    mirror: Mirror, storage: ObjectStorage, tmp_path: Path
) -> None:
    (folder := tmp_path / "out").mkdir()
    written = f"{key(storage, mirror.target(folder))}/_lane=a/part-0.parquet"
    storage.write(written, b"rows", None)
    mirror.fetch(folder)
    assert (folder / "_lane=a" / "part-0.parquet").read_bytes() == b"rows"
    assert mirror.seen(str(folder / "_lane=a" / "part-0.parquet")) == storage.address(written)


def test_nothing_stays_when_it_is_closed(storage: ObjectStorage, tmp_path: Path) -> None:
    mirror = Mirror(storage, SystemIds())
    mirror.seen(str(file(tmp_path, "rows")))
    mirror.close()
    assert list(storage.list(FOLDER)) == []


@pytest.mark.parametrize(("by", "stays"), [(ABANDONED + 3_600_000, False), (ABANDONED - 3_600_000, True)])
def test_what_a_killed_run_left_is_swept_away_after_days(
    storage: ObjectStorage, tmp_path: Path, by: int, stays: bool
) -> None:
    killed = Mirror(storage, SystemIds())
    left = key(storage, killed.seen(str(file(tmp_path, "rows"))))
    other = key(storage, Mirror(storage, SystemIds()).seen(str(file(tmp_path, "rows"))))
    Mirror(Aged(storage, left.rpartition("/0/")[0], by), SystemIds())
    assert (storage.stat(left) is not None, storage.stat(other) is not None) == (stays, True)
