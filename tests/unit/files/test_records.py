"""Any bytes at all: the records that are told apart are those of Python's csv module and of DuckDB's reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lakekit_files.csv_part import CsvFile
from lakekit_files.database import Database
from lakekit_files.dialect import Dialect, split
from lakekit_files.header import Header, begin
from lakekit_files.queries import csv_reader, text_rows
from lakekit_files.records import Malformed, WellFormed, separate
from tests.unit.files.conftest import read

LINE_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
PIECES = st.lists(
    st.sampled_from(
        [
            b"a",
            b",",
            b'"',
            b" ",
            b"\n",
            b"\r\n",
            b"\r",
            b'""',
            b'"b"',
            b',"c\nd",',
            b"\\",
            b"\xff",
            b"\xc3\xa9",
            b"e,f\n",
        ]
    ),
    max_size=30,
).map(b"".join)
DIALECTS = st.sampled_from([Dialect(), Dialect(escape="\\"), Dialect(cell_lines=1)])
TEXTS = st.text(st.sampled_from("ab ,\"'\\\n\r;é😀\x00\x85"), max_size=8)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with Database(tmp_path_factory.mktemp("spill")) as database:
        yield database


@contextmanager
def opened(data: bytes, dialect: Dialect) -> Iterator[CsvFile]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "data.csv")
        path.write_bytes(data)
        with path.open("rb") as file:
            yield CsvFile(file, begin(file, dialect, "data.csv"), dialect, "data.csv", Path(folder))


def told_apart(csv_file: CsvFile) -> tuple[list[tuple[str, ...]], list[Malformed], int]:
    """The well-formed records' fields, the malformed records, and how many well-formed ones were counted."""
    shape = csv_file.header.shape(csv_file.dialect)
    csv_file.file.seek(csv_file.header.size)
    found = list(separate(csv_file.file, shape, csv_file.header.line))
    good = [piece for piece in found if isinstance(piece, WellFormed)]
    rows = []
    for piece in good:
        for match in shape.record.finditer(piece.data):
            if match[0]:
                fields = split(shape.without_line_end(match[0]), csv_file.dialect)
                rows.append(tuple(field.decode() for field in fields)[: shape.columns])
    return rows, [piece for piece in found if isinstance(piece, Malformed)], sum(piece.records for piece in good)


@settings(max_examples=120)
@given(st.integers(1, 3), LINE_ENDS, PIECES, DIALECTS)
@example(1, b"\n", b'"a" "   b"\n', Dialect())
@example(1, b"\r\n", b',\r\n,\r\n a "\r\n,",a,a\r\n', Dialect())
@example(2, b"\n", b'1,"2\n3,4\n', Dialect())
@example(2, b"\n", b'1,"2\n3\n4"\n', Dialect(cell_lines=1))
@example(2, b"\n", b'x"y,"z"\n', Dialect())
@example(2, b"\r", b",\n", Dialect())
def test_whatever_the_bytes_every_record_is_landed_once(
    database: Database, columns: int, line_end: bytes, body: bytes, dialect: Dialect
) -> None:
    """Never a mismatch between our count and DuckDB's, and the same values in both."""
    data = b",".join([b"x", b"y", b"z"][:columns]) + line_end + body
    with opened(data, dialect) as file:
        rows, malformed, counted = told_apart(file)
        target, kept = file.private / "rows.parquet", file.private / "malformed.parquet"
        landed = file.land(database, None, target, kept)
        assert (landed.rows, landed.malformed) == (counted, len(malformed))
        assert read(target)[1] == rows
        if malformed:
            assert read(kept)[1] == [(m.line, m.data.decode(errors="backslashreplace")) for m in malformed]


@given(st.integers(1, 3), LINE_ENDS, PIECES, DIALECTS)
def test_no_byte_of_a_record_is_lost(columns: int, line_end: bytes, body: bytes, dialect: Dialect) -> None:
    """The records are the file, without its line ends between records."""
    data = b",".join([b"x", b"y", b"z"][:columns]) + line_end + body
    with opened(data, dialect) as file:
        shape = file.header.shape(dialect)
        file.file.seek(file.header.size)
        kept = b"".join(piece.data for piece in separate(file.file, shape, file.header.line))
        rest = data[file.header.size :]
        assert kept.translate(None, b"\r\n") == rest.translate(None, b"\r\n")


@given(st.integers(1, 3), LINE_ENDS, PIECES)
def test_malformed_records_begin_on_the_lines_that_they_name(columns: int, line_end: bytes, body: bytes) -> None:
    data = b",".join([b"x", b"y", b"z"][:columns]) + line_end + body
    with opened(data, Dialect()) as file:
        ends = file.header.line_end[-1:]
        lines = data.split(ends)
        for record in told_apart(file)[1]:
            first = record.data.split(ends)[0]
            assert lines[record.line - 1].startswith(first)


@settings(max_examples=100)
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(TEXTS, min_size=n, max_size=n), max_size=8)),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_pythons_csv_module_writes_comes_back_cell_by_cell(
    database: Database, rows: list[list[str]], line_end: str, quoting: int
) -> None:
    # The module quotes a CR where it ends lines with one, and not always elsewhere.
    assume(quoting == csv.QUOTE_ALL or line_end == "\r\n" or not any("\r" in cell for row in rows for cell in row))
    columns = [f"column {i}" for i in range(len(rows[0]) if rows else 1)]
    told = io.StringIO(newline="")
    csv.writer(told, lineterminator=line_end, quoting=quoting).writerows([columns, *rows])
    data = told.getvalue().encode()
    with opened(data, Dialect()) as file:
        target = file.private / "rows.parquet"
        landed = file.land(database, None, target, file.private / "malformed.parquet")
        assert landed.malformed == 0
        assert read(target) == (tuple(columns), [tuple(row) for row in rows])


@example([b'"" "', b'"'], 1)
@example([b'a,"" "', b'b"', b'"x" "', b'y,"" "z"'], 3)
@given(st.lists(PIECES, min_size=1, max_size=3), st.integers(1, 7))
def test_chunks_make_no_difference(bodies: list[bytes], size: int) -> None:
    data = b"\n".join(bodies)
    shape = Header(("x", "y"), b"x,y", b"\n", 4, 2).shape(Dialect())

    class Dribble(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            return super().read(size)

    def joined(file: io.BytesIO) -> list[bytes | Malformed]:
        found = list(separate(file, shape, 2))
        good = b"".join(piece.data for piece in found if isinstance(piece, WellFormed))
        return [good, *(piece for piece in found if isinstance(piece, Malformed))]

    assert joined(Dribble(data)) == joined(io.BytesIO(data))


def test_well_formed_records_are_read_alike_by_one_thread_and_by_several(database: Database, tmp_path: Path) -> None:
    """40 MB: more than one of DuckDB's buffers."""
    body = b"".join(b'%d,"%d, ""%d"""\n' % (i, i % 7, i) for i in range(1_300_000))
    with opened(b"a,b\n" + body, Dialect()) as file:
        readers = [csv_reader(file.file, 2, file.dialect, header=True, parallel=parallel) for parallel in (True, False)]
        both = []
        for number, reader in enumerate(readers):
            target = tmp_path / f"{number}.parquet"
            database.copy(text_rows(reader, ("a", "b"), None), target)
            both.append(read(target)[1])
        assert both[0] == both[1]
        assert len(both[0]) == 1_300_000
