"""The source `files` keeps the promises of its port, for CSV and for Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest

from lakekit.domain.batch import Mode
from lakekit.plugin.provider import Context
from lakekit.ports.source import Source
from lakekit.testing.source import COLUMNS, CONTRACT, ROWS, SourceSuite
from lakekit_aws.storage import open_storage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Rows = Sequence[tuple[str, ...]]


class Files(SourceSuite):
    """What the formats have in common."""

    provider = "files"
    files = True
    suffix = ""
    options: Mapping[str, object] = {}

    def make(self, folder: Path, columns: Sequence[str], rows: Rows) -> Source:
        self.write(folder / f"a{self.suffix}", columns, rows)
        context = Context(
            folder.parent, str(folder / "lake"), folder / "private", {"path": folder.name, **self.options}
        )
        return self.registered(context)

    def append(self, folder: Path, columns: Sequence[str], rows: Rows) -> None:
        self.write(folder / f"b{self.suffix}", columns, rows)

    def change(self, folder: Path) -> None:
        file = folder / f"a{self.suffix}"
        told = file.stat()
        os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns + 1_000_000))

    def read(self, file: Path) -> Sequence[Mapping[str, object]]:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        raise NotImplementedError

    def test_all_rows_and_all_bytes_of_all_files_are_told(self, origin: Path, landing: Path) -> None:
        source = self.make(origin, COLUMNS, ROWS)
        self.append(origin, COLUMNS, ROWS[:5])
        bounds = source.bounds(Mode.FULL, None, None, frozenset())
        assert bounds is not None
        source.extract(CONTRACT, None, bounds, landing)
        assert self.told.rows == len(ROWS) + 5
        assert self.told.bytes == sum(file.size for file in bounds.files)


class TestCsv(Files):
    suffix = ".csv"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        file.write_bytes(self.text(columns, rows).encode())

    def text(self, columns: Sequence[str], rows: Rows) -> str:
        told = io.StringIO()
        csv.writer(told).writerows([columns, *rows])
        return told.getvalue()


class TestCsvInABucket(TestCsv):
    """The same folder, object by object, in a bucket."""

    @pytest.fixture(autouse=True)
    def _place(self, s3_lakes: str) -> None:
        self.place = s3_lakes

    def make(self, folder: Path, columns: Sequence[str], rows: Rows) -> Source:
        self.write(folder / f"a{self.suffix}", columns, rows)
        options = {"path": f"{self.place}/{folder.name}"}
        return self.registered(Context(folder.parent, str(folder / "lake"), folder / "private", options))

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        super().write(file, columns, rows)
        open_storage(self.place).take({f"{file.parent.name}/{file.name}": file})

    def change(self, folder: Path) -> None:
        """The same size, and within a second."""
        file = folder / f"a{self.suffix}"
        file.write_bytes(file.read_bytes().swapcase())
        open_storage(self.place).take({f"{folder.name}/{file.name}": file})


class TestCsvOfAnotherDialect(TestCsv):
    options = {"delimiter": "\t", "quote": "'", "escape": "\\"}

    def text(self, columns: Sequence[str], rows: Rows) -> str:
        told = io.StringIO()
        writer = csv.writer(
            told, delimiter="\t", quotechar="'", escapechar="\\", doublequote=False, lineterminator="\n",
            quoting=csv.QUOTE_ALL,
        )  # fmt: skip
        writer.writerows([columns, *rows])
        return told.getvalue()


class TestZippedCsv(TestCsv):
    suffix = ".csv.zip"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner/orders.csv", self.text(columns, rows))
            archive.writestr("__MACOSX/inner/._orders.csv", b"junk")


class TestGzippedCsv(TestCsv):
    suffix = ".csv.gz"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        file.write_bytes(gzip.compress(self.text(columns, rows).encode()))


class TestZstandardCsv(TestCsv):
    suffix = ".csv.zst"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        file.write_bytes(zstd.compress(self.text(columns, rows).encode()))


class TestCsvInAnotherEncoding(TestCsv):
    options = {"encoding": "utf-16"}

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        file.write_bytes(self.text(columns, rows).encode("utf-16"))


class TestJsonLines(Files):
    suffix = ".jsonl"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        file.write_text("".join(f"{json.dumps(dict(zip(columns, row, strict=True)))}\n" for row in rows))


class TestGzippedJsonLines(TestJsonLines):
    suffix = ".jsonl.gz"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        super().write(file, columns, rows)
        file.write_bytes(gzip.compress(file.read_bytes()))


class TestParquet(Files):
    suffix = ".parquet"

    def write(self, file: Path, columns: Sequence[str], rows: Rows) -> None:
        names = ", ".join(f'"{c.replace(chr(34), chr(34) * 2)}" VARCHAR' for c in columns)
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t ({names})")
            if rows:
                connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
            connection.table("t").write_parquet(str(file))
