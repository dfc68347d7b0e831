"""Texts that are packed, in other encodings, behind other lines, or without a header."""

from __future__ import annotations

import bz2
import gzip
import io
import sys
import zipfile
from typing import Any

import pytest

from lakekit.domain.errors import ConfigError, SourceError
from tests.unit.files.conftest import Land

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = b"a,b\n1,2\n3\n4,5\n"


def zipped(*members: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for member in members:
            archive.writestr(member, PLAIN)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("data.csv.gz", gzip.compress(PLAIN), id="gzip"),
        pytest.param("data.csv.gz", gzip.compress(PLAIN[:5]) + gzip.compress(PLAIN[5:]), id="gzip of two members"),
        pytest.param("data.csv.gz", gzip.compress(PLAIN) + b"\0" * 512, id="gzip, padded"),
        pytest.param("data.csv.zst", zstd.compress(PLAIN), id="zstd"),
        pytest.param("data.csv.zst", zstd.compress(PLAIN[:5]) + zstd.compress(PLAIN[5:]), id="zstd of two frames"),
        pytest.param("data.csv.zip", zipped("x.csv"), id="zip"),
        pytest.param("DATA.CSV.ZIP", zipped("x.csv", "__MACOSX/._x.csv"), id="zip of a Mac"),
    ],
)
def test_packed_files_are_read_like_plain_ones(land: Land, name: str, data: bytes) -> None:
    told = land(data, name)
    assert told.rows == [("1", "2"), ("4", "5")]
    assert told.malformed == [(3, "3")]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        *[("data.csv.gz", gzip.compress(PLAIN)[:cut], "source.corrupt") for cut in (5, 15, -1)],
        *[("data.csv.zst", zstd.compress(PLAIN)[:cut], "source.corrupt") for cut in (3, 9, -1)],
        ("data.csv.zip", zipped("x.csv")[:-5], "source.corrupt"),
        ("data.csv.zip", zipped("x.csv", "y.csv"), "source.not_one_file"),
        ("data.csv.gz", bz2.compress(PLAIN), "source.corrupt"),
        ("data.csv.zst", PLAIN, "source.corrupt"),
    ],
    # Packed data tells when it was packed, and so may not name a test.
    ids=[
        *(f"{kind}, cut {where}" for kind in ("gzip", "zstd") for where in ("at once", "early", "late")),
        *("zip, cut", "zip of two", "bzip2 called gzip", "plain called zstd"),
    ],
)
def test_what_cannot_be_unpacked_is_an_error_and_lands_nothing(land: Land, name: str, data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        land(data, name)
    assert (caught.value.code, caught.value.where) == (code, name)


TEXT = 'größe,"m²"\n"zwei\nZeilen",½\nallein\n3,£4\n'


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "UTF-16-LE", "utf-16-be", "utf_32", "iso-8859-15"]
)
def test_a_file_is_read_alike_in_every_encoding(land: Land, encoding: str, line_end: str) -> None:
    text = TEXT.replace("\n", line_end)
    if encoding == "iso-8859-15":
        text = text.replace("½", "€")
    told = land(text.encode(encoding), encoding=encoding)
    assert told.columns == ("größe", "m²")
    assert told.rows == [(f"zwei{line_end}Zeilen", "€" if encoding == "iso-8859-15" else "½"), ("3", "£4")]
    assert told.malformed == [(4, "allein")]


@pytest.mark.parametrize(
    ("encoding", "line", "raw"),
    [
        ("cp1252", b"caf\xe9\x81,2", "café\\x81,2"),
        ("utf-16-le", "a,".encode("utf-16-le") + b"\x00\xd8" + "b".encode("utf-16-le"), "a,\\x00\\xd8b"),
        ("shift_jis", b"\x82\xa0,\xff", "あ,\\xff"),
        ("ascii", b"caf\xe9,2", "caf\\xe9,2"),
        ("utf-8", b"caf\xe9,2", "caf\\xe9,2"),
    ],
)
def test_bytes_that_cannot_be_decoded_cost_their_record_and_can_be_told(
    land: Land, encoding: str, line: bytes, raw: str
) -> None:
    before, after = "a,b\n1,2\n".encode(encoding), "\n3,4\n".encode(encoding)
    told = land(before + line + after, encoding=encoding)
    assert told.rows == [("1", "2"), ("3", "4")]
    assert told.malformed == [(3, raw)]


def test_a_json_file_may_be_in_another_encoding_too(land: Land) -> None:
    lines = b'{"a": "caf\xe9"}\n{"a": "\x81"}\n{"a": "2"}\n'
    told = land(lines, "data.jsonl", encoding="cp1252", skip_lines=1)
    assert told.rows == [("café",), ("2",)]
    assert told.malformed == [(2, '{"a": "\\x81"}')]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_before_the_header_are_left_out_and_counted(land: Land, line_end: str) -> None:
    data = line_end.join(['Report of "sales', "", "a,b", "1,2", "3", ""]).encode()
    told = land(b"\xef\xbb\xbf" + data, skip_lines=2)
    assert told.rows == [("1", "2")]
    assert told.malformed == [(5, "3")]


@pytest.mark.parametrize("lines", [4, 5, 1000])
def test_more_lines_left_out_than_there_are_is_an_error(land: Land, lines: int) -> None:
    with pytest.raises(SourceError) as caught:
        land(PLAIN, skip_lines=lines)
    assert caught.value.code == "source.no_header"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_has_the_columns_that_are_told(land: Land, line_end: str, mark: bytes) -> None:
    data = mark + line_end.join(["1,2", '3,"4', '5"', "6", "7,8"]).encode()
    told = land(data, columns=["x", "y z"])
    assert told.columns == ("x", "y z")
    assert told.rows == [("1", "2"), ("3", f"4{line_end}5"), ("7", "8")]
    assert told.malformed == [(4, "6")]


def test_a_first_record_is_no_header_where_columns_are_told(land: Land) -> None:
    """Also where one column has a line for each record, and where the header is left out for its names."""
    assert land(b"1\n2\n", columns=["x"]).rows == [("1",), ("2",)]
    told = land(b"id,id,\n1,2,3\n", "b.csv", skip_lines=1, columns=["x", "y", "z"])
    assert (told.columns, told.rows) == (("x", "y", "z"), [("1", "2", "3")])


def test_an_empty_file_without_a_header_has_no_rows(land: Land) -> None:
    assert land(b"", columns=["x"]).rows == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"encoding": "rot13"}, "encoding"),
        ({"encoding": "latin-one"}, "encoding"),
        ({"encoding": "unicode_escape"}, "encoding"),
        ({"skip_lines": -1}, "skip_lines"),
        ({"skip_lines": "two"}, "skip_lines"),
        ({"skip_lines": True}, "skip_lines"),
        ({"max_cell_lines": 0}, "max_cell_lines"),
        ({"columns": "id"}, "columns"),
        ({"columns": []}, "columns"),
        ({"columns": ["id", ""]}, "columns"),
        ({"columns": ["id", "ID"]}, "columns"),
    ],
)
def test_an_option_that_cannot_be_is_named(land: Land, given: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        land(PLAIN, **given)
    assert named in caught.value.what
    assert caught.value.next
