"""Who may look into a table's folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from lakekit.domain.schema import TableColumn
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage


@pytest.mark.parametrize("how", ["ensure", "stage"])
def test_folders_of_raw_values_are_their_owners_alone(tmp_path: Path, how: str) -> None:
    store, table = DeltaStore(LocalStorage(tmp_path / "lake")), PurePosixPath("_errors/bronze/orders")
    if how == "ensure":
        store.ensure(table, [TableColumn("id", "long")])
    else:
        store.stage(table, "batch-1", [])

    for folder in ("_errors", "_errors/bronze", "_errors/bronze/orders"):
        assert (tmp_path / "lake" / folder).stat().st_mode & 0o077 == 0, folder


def test_folders_of_published_tables_are_as_the_umask_has_them(tmp_path: Path) -> None:
    DeltaStore(LocalStorage(tmp_path / "lake")).ensure(PurePosixPath("bronze/orders"), [TableColumn("id", "long")])
    (tmp_path / "other").mkdir()

    mode = (tmp_path / "lake" / "bronze").stat().st_mode
    assert mode == (tmp_path / "other").stat().st_mode
