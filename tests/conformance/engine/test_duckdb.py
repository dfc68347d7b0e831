"""What the embedded engine promises of this machine: bounded memory, nothing left behind, nothing from outside."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from lakekit.domain.errors import ConfigError, EngineError
from lakekit.ports.storage import Stat
from lakekit.sql.tree import column, named, table
from lakekit_duckdb.engine import DuckDBEngine
from lakekit_duckdb.fence import fenced
from lakekit_duckdb.limits import LEAST, MIB, MOST, Limits, default_memory, default_threads, limits, parse_size
from lakekit_duckdb.remote import LakeFiles
from lakekit_local.storage import LocalStorage
from tests.conformance.engine.conftest import Texts

SMALL = Limits(80_000_000, 2)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DuckDBEngine]:
    """An engine with little memory, whose temporary files go to `tmp_path`."""
    engine = DuckDBEngine(SMALL, tmp_path)
    yield engine
    engine.close()


def numbers(rows: int) -> exp.Select:
    """Rows out of nothing, in no order."""
    series = exp.Explode(this=exp.GenerateSeries(start=exp.Literal.number(1), end=exp.Literal.number(rows)))
    text = exp.MD5(this=exp.cast(column("n"), "text"))
    return exp.Select(expressions=[named(text, "x")]).from_(exp.Select(expressions=[named(series, "n")]).subquery("s"))


class Asked(LocalStorage):
    """A storage that keeps what it was asked the size of."""

    def __init__(self, lake: Path) -> None:
        super().__init__(lake)
        self.keys: list[str] = []

    def stat(self, key: str) -> Stat | None:
        self.keys.append(key)
        return super().stat(key)


def test_the_size_of_a_file_of_the_lake_is_asked_for_once(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"rows")
    storage = Asked(tmp_path)
    files = LakeFiles(storage)
    assert [files.info(f"{tmp_path}/a.parquet")["size"] for _ in range(3)] == [4, 4, 4]
    assert storage.keys == ["a.parquet"]


def test_what_does_not_fit_into_memory_spills_and_is_cleaned_away(small: DuckDBEngine, tmp_path: Path) -> None:
    ranked = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=column("x"))]))
    rows = exp.Select(expressions=[column("x"), named(ranked, "at")]).from_(numbers(2_000_000).subquery("n"))
    told = exp.Select(expressions=[exp.Count(this=column("x"))]).from_(rows.subquery("r")).where("at > 0")
    assert list(small.rows(told, {})) == [(2_000_000,)]
    (spill,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert spill.stat().st_mode & 0o777 == 0o700
    small.close()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_spill_says_that_memory_is_short(small: DuckDBEngine) -> None:
    query = exp.Select(expressions=[exp.ArrayAgg(this=column("x"))]).from_(numbers(4_000_000).subquery("n"))
    with pytest.raises(EngineError) as caught:
        small.rows(query, {})
    assert caught.value.code == "engine.out_of_memory"
    assert "memory" in caught.value.next


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (duckdb.IOException('Could not write file "/x": No space left on device'), "engine.disk_full"),
        (duckdb.OutOfMemoryException("failed to offload: max_temp_directory_size"), "engine.disk_full"),
        (duckdb.OutOfMemoryException("could not allocate block"), "engine.out_of_memory"),
        (duckdb.ConversionException("'4111'"), "engine.failed"),
        (OSError(errno.ENOSPC, "No space left on device"), "engine.disk_full"),
        (OSError(errno.EIO, "Input/output error"), "engine.failed"),
    ],
)
def test_failures_have_codes_of_their_own(error: Exception, code: str) -> None:
    with pytest.raises(EngineError) as caught, fenced("writing rows"):
        raise error
    assert caught.value.code == code
    assert "4111" not in "".join(caught.value.lines())


def test_python_variables_are_no_tables(small: DuckDBEngine) -> None:
    frame = duckdb.sql("SELECT 1 AS a")
    with pytest.raises(EngineError):
        small.rows(exp.Select(expressions=[exp.Star()]).from_(table("frame")), {})
    assert frame.fetchall() == [(1,)]


def test_an_engine_that_was_closed_can_be_closed_and_used_again(small: DuckDBEngine, land: Texts) -> None:
    small.close()
    small.close()
    assert [c.name for c in small.columns(land(["a"], [["1"]]))] == ["a"]


class TestLimits:
    @pytest.mark.parametrize(
        ("told", "size"),
        [
            ("2GB", 2_000_000_000),
            ("512MB", 512_000_000),
            ("1.5 GiB", 3 * 2**29),
            ("64 mb", 64_000_000),
            ("1TB", 10**12),
        ],
    )
    def test_sizes_are_read(self, told: str, size: int) -> None:
        assert parse_size(told) == size

    @pytest.mark.parametrize("told", ["", "2", "GB", "-1GB", "2 gigabytes", "63MB", "1e3GB", 2_000_000_000, None])
    def test_what_is_no_size_is_refused(self, told: object) -> None:
        with pytest.raises(ConfigError) as caught:
            parse_size(told)
        assert caught.value.code == "engine.memory"

    def test_the_default_is_a_share_of_the_least_memory_within_bounds(self) -> None:
        assert default_memory([2**40, 16 * 2**30]) == 4 * 2**30
        assert default_memory([2**40, 300 * MIB]) == LEAST
        assert default_memory([2**42]) == MOST

    def test_threads_are_as_many_as_have_memory_to_work_in(self) -> None:
        assert default_threads(512 * MIB, 64) == 4
        assert default_threads(8192 * MIB, 8) == 8
        assert default_threads(64 * MIB, 8) == 1

    @pytest.mark.parametrize("options", [{"threads": 0}, {"threads": "2"}, {"threads": True}, {"treads": 2}])
    def test_options_that_mean_nothing_are_refused(self, options: dict[str, object]) -> None:
        with pytest.raises(ConfigError):
            limits(options)

    def test_options_are_taken_as_told(self) -> None:
        assert limits({"memory": "1GB", "threads": 3}) == Limits(10**9, 3)
