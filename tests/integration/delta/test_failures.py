"""What the disk does leaves as an error with a code, and what is committed is known to be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.errors import ConfigError, TableError
from lakekit.ports.table_store import Commit
from lakekit_delta.place import check_lake
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage

FULL_DISK = """
import resource, signal, sys
from pathlib import Path, PurePosixPath
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import Commit
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage

store, table = DeltaStore(LocalStorage(Path(sys.argv[1]))), PurePosixPath("bronze/orders")
snapshot = store.snapshot(table)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
for act in (
    lambda: store.commit(table, snapshot, Commit((), False, "app", 1, "note")),
    lambda: store.ensure(table, [TableColumn("more", "long")]),
    lambda: store.ensure(PurePosixPath("bronze/other"), [TableColumn("id", "long")]),
):
    try:
        act()
    except TableError as error:
        sys.stdout.write(error.code + "\\n")
"""


def test_a_full_disk_has_its_own_code_and_changes_nothing(orders: Any) -> None:
    orders.ensure()
    before = orders.snapshot()
    made = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(orders.lake)], stdout=subprocess.PIPE, text=True, check=True
    )
    assert made.stdout.split() == ["table.write_failed"] * 3
    assert orders.snapshot() == before
    assert orders.publish(1) == before.version + 1


def test_a_commit_is_done_even_if_its_checkpoint_fails(orders: Any) -> None:
    orders.ensure()
    for number in range(1, 9):
        orders.publish(number)
    (orders.folder / "_delta_log" / f"{9:020}.checkpoint.parquet").mkdir()
    assert orders.publish(9) == 9
    assert orders.delta.transaction_version("app") == 9


def test_a_staged_file_that_is_no_parquet_stops_the_commit(orders: Any, tmp_path: Path) -> None:
    orders.ensure()
    before = orders.snapshot()
    file = orders.staged(1, "select 1::bigint as id")
    path = orders.folder / file.path
    path.write_bytes(b"x" * file.size)
    with pytest.raises(TableError) as caught:
        orders.store.commit(orders.name, before, Commit((file,), False, "app", 1, "note"))
    assert caught.value.code == "table.file_unreadable"
    assert orders.snapshot() == before


def test_files_from_another_disk_are_staged(orders: Any) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == orders.lake.stat().st_dev:
        pytest.skip("no second disk here")
    file = memory / "lakekit-test.parquet"
    file.write_bytes(b"content")
    (path,) = orders.store.stage(orders.name, "batch-1", [file])
    assert (orders.folder / path).read_bytes() == b"content"
    assert not file.exists()


def test_errors_are_short_and_without_the_drivers_backtrace(orders: Any) -> None:
    orders.ensure()
    orders.log(0).write_text("garbage")
    with pytest.raises(TableError) as caught:
        orders.snapshot()
    lines = caught.value.lines()
    assert len(lines) <= 5
    assert all(len(line) < 400 and "\x1b" not in line and "unknown" not in line for line in lines)


@pytest.mark.parametrize("lake", ["relative/lake", "", "/data/100%lake", "/data/la\\ke", "/data/la\nke"])
def test_a_lake_that_delta_rs_cannot_keep_is_refused(lake: str) -> None:
    with pytest.raises(ConfigError):
        check_lake(lake)


@pytest.mark.parametrize("name", ["my lake", "la'ke", 'la"ke', "l[a]k*e?", "läke", "a#b", "a=b"])
def test_a_lake_may_have_any_other_name(orders: Any, name: str, tmp_path: Path) -> None:
    orders = type(orders)(tmp_path / name, DeltaStore(LocalStorage(tmp_path / name)))
    orders.lake.mkdir()
    orders.ensure()
    orders.publish(1)
    files = orders.store.files(orders.name, orders.snapshot().version)
    assert [Path(file).exists() for file in files] == [True]
