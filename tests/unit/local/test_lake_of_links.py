"""What lies outside the lake is not reached by links, however deep, or by names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.errors import StorageError
from lakekit_local.storage import LocalStorage


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Its own path leads through a link, which is nobody's business."""
    (tmp_path / "real").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x").write_bytes(b"theirs")
    (tmp_path / "lake").symlink_to(tmp_path / "real")
    return tmp_path / "lake"


@pytest.mark.parametrize("at", ["a", "a/b", "a/b/c"])
def test_a_link_that_leads_out_is_not_followed(lake: Path, at: str) -> None:
    (lake / at).parent.mkdir(parents=True, exist_ok=True)
    (lake / at).symlink_to(lake.parent / "secret")
    for key in (at, f"{at}/x", f"{at}/none"):
        with pytest.raises(StorageError, match="leads out"):
            LocalStorage(lake).read(key)


@pytest.mark.parametrize("key", ["../secret/x", "a/../../secret/x", "a/link/../secret/x"])
def test_nor_is_a_name_that_does(lake: Path, key: str) -> None:
    (lake / "a").mkdir()
    (lake / "a" / "link").symlink_to(lake.parent / "secret")
    with pytest.raises(StorageError, match="leads out"):
        LocalStorage(lake).stat(key)


def test_a_link_within_the_lake_is(lake: Path) -> None:
    (lake / "a").mkdir()
    (lake / "a" / "x").write_bytes(b"ours")
    (lake / "b").symlink_to(lake / "a")
    found = LocalStorage(lake).read("b/x")
    assert found is not None
    assert found.data == b"ours"
