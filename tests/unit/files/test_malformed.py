"""CSV as people write it: what is a record, what is malformed, and on which line."""

from __future__ import annotations

import pytest

from lakekit.domain.errors import SourceError
from tests.unit.files.conftest import Land


def test_each_kind_of_malformed_record_is_kept_whole_with_its_line(land: Land) -> None:
    told = land(
        b'a,b,c\n1,2,3\n\n4,5\n6,7,8,9\n"x ""q"" y","multi\nline",z\n'
        b'5" pipe,1,2\nbad\xff,1,2\n"unq"x,1,2\n,,\n  \nlast,1,2'
    )
    assert told.rows == [
        ("1", "2", "3"),
        ('x "q" y', "multi\nline", "z"),
        ('5" pipe', "1", "2"),
        ("", "", ""),
        ("last", "1", "2"),
    ]
    assert told.malformed == [(4, "4,5"), (5, "6,7,8,9"), (9, "bad\\xff,1,2"), (10, '"unq"x,1,2'), (12, "  ")]


def test_the_parts_say_what_they_hold(land: Land) -> None:
    told = land(b"a,b\n1,2\n3\n4\n")
    assert [(p.path, p.rows, p.source, p.position_column, p.malformed) for p in told.parts] == [
        ("part-00000.parquet", 1, "data.csv", None, False),
        ("malformed-00000.parquet", 2, "data.csv", None, True),
    ]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param(b"a,b\r\n1,2\r\n\r\n3,4", [("1", "2"), ("3", "4")], id="CRLF"),
        pytest.param(b"a,b\r1,2\r\r3,4\r", [("1", "2"), ("3", "4")], id="CR"),
        pytest.param(b"a,b\n1,2\r\n3,4\n", [("1", "2"), ("3", "4")], id="CRLF among LF"),
        pytest.param(b"a,b\r\n1,2\n3,4\r\n", [("1", "2"), ("3", "4")], id="LF among CRLF"),
        pytest.param(b'a,b\n1,"2\r3"\n4,"5\r\n6"\n', [("1", "2\r3"), ("4", "5\r\n6")], id="line ends in quotes"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")], id="byte order mark"),
        pytest.param(b'a,b\n1,\n"",""\n', [("1", ""), ("", "")], id="empty is a text"),
        pytest.param(b"a,b\n1,2,\n3,4,,\n", [("1", "2"), ("3", "4")], id="empty fields beyond the last"),
        pytest.param(b'a,b\n1, "2"\n"3" ,4\n', [("1", "2"), ("3", "4")], id="blanks around quotes"),
        pytest.param(b"a,b\n 1 ,NULL\n", [(" 1 ", "NULL")], id="blanks are kept"),
        pytest.param(b"a,b\n1,\x00\n", [("1", "\x00")], id="NUL"),
        pytest.param(b"a,b\n#1,2\n", [("#1", "2")], id="no comments"),
        pytest.param(b"a,b\n", [], id="header only"),
        pytest.param(b"a,b", [], id="header without a line end"),
        pytest.param(b'"a\nb","c ""d"""\n1,2\n', [("1", "2")], id="header of two lines"),
        pytest.param(b"a\n1\n\n2\n\n", [("1",), ("",), ("2",), ("",)], id="one column: empty lines are records"),
    ],
)
def test_rows_are_what_the_file_says(land: Land, data: bytes, rows: list[tuple[str, ...]]) -> None:
    told = land(data)
    assert told.rows == rows
    assert told.malformed == []


@pytest.mark.parametrize(
    ("data", "rows", "malformed"),
    [
        pytest.param(b'1,2\n3,"4\n5,6\n7,8\n', [("1", "2"), ("5", "6"), ("7", "8")], [(3, '3,"4')], id="to the end"),
        pytest.param(b'1,"2\n3,4\n5,"6"\n7,8\n', [("3", "4"), ("5", "6"), ("7", "8")], [(2, '1,"2')], id="to a text"),
        pytest.param(b'"1","2\n"3","4"\n5,6\n', [("3", "4"), ("5", "6")], [(2, '"1","2')], id="the closing one lacks"),
        pytest.param(b'"1,"2"\n"3","4"\n', [("3", "4")], [(2, '"1,"2"')], id="on its own line"),
        pytest.param(b'1,"2\n3,"4\n5,6\n', [("5", "6")], [(2, '1,"2'), (3, '3,"4')], id="twice"),
        pytest.param(b'1,"2', [], [(2, '1,"2')], id="on the last line"),
    ],
)
def test_a_quote_that_is_not_closed_costs_its_line_and_no_other(
    land: Land, data: bytes, rows: list[tuple[str, ...]], malformed: list[tuple[int, str]]
) -> None:
    told = land(b"a,b\n" + data)
    assert (told.rows, told.malformed) == (rows, malformed)


def test_a_closed_field_of_several_lines_stays_one_record_also_when_its_record_is_ragged(land: Land) -> None:
    told = land(b'a,b\n1,"2\n3",4\n5,6\n')
    assert told.rows == [("5", "6")]
    assert told.malformed == [(2, '1,"2\n3",4')]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_field_has_as_many_lines_as_it_may(land: Land, line_end: str) -> None:
    within, beyond = line_end.join("wxyz"), line_end.join("vwxyz")
    told = land(f'a,b{line_end}1,"{within}"{line_end}2,"{beyond}"{line_end}3,4{line_end}'.encode(), max_cell_lines=3)
    assert told.rows == [("1", within), ("3", "4")]
    assert told.malformed == [(6, '2,"v'), (7, "w"), (8, "x"), (9, "y"), (10, 'z"')]


def test_a_record_of_many_lines_that_gets_too_long_costs_its_line_and_no_other(land: Land) -> None:
    text = b"x" * 99_999 + b"\n"
    told = land(b'a,b\n0,"' + text * 19 + b'"\n1,"' + text * 20 + b'"\n2,3\n')
    assert [(row[0], len(row[1])) for row in told.rows] == [("0", 1_900_000), ("2", 1)]
    assert [line for line, _ in told.malformed] == [22, *range(23, 43)]


def test_a_carriage_return_alone_makes_its_line_malformed_and_no_other(land: Land) -> None:
    told = land(b"a,b\n1,2\n3\r4,5\n6,7\n")
    assert told.rows == [("1", "2"), ("6", "7")]
    assert told.malformed == [(3, "3\r4,5")]


def test_a_record_that_is_too_long_is_malformed_and_kept_whole(land: Land) -> None:
    long = b"x" * 2_100_000
    told = land(b"a,b\n1," + long + b"\n2,3\n")
    assert told.rows == [("2", "3")]
    assert told.malformed == [(2, "1," + long.decode())]


def test_a_line_that_cannot_be_held_stops_and_is_named(land: Land) -> None:
    with pytest.raises(SourceError) as caught:
        land(b'a,b\n1,2\n3,"4' + b"5,6;" * 9_000_000)
    assert caught.value.code == "source.record_too_long"
    assert "line 3" in caught.value.what


def test_lines_in_quotes_that_look_like_records_are_none(land: Land) -> None:
    """45 MB, more than one of DuckDB's buffers, so that threads begin in the middle of a field."""
    alike = "".join(f"{number},look,alike\n" for number in range(100_000))
    real = "".join(f"{number},real,{'y' * 200}\n" for number in range(15_000))
    told = land(("a,b,c\n" + f'0,"{alike}",z\n{real}' * 9).encode(), max_cell_lines=100_000)
    assert len(told.rows) == 9 * 15_001
    assert {row[1] for row in told.rows if len(row[1]) < 100} == {"real"}
    assert told.malformed == []
    assert told.rows[-15_001] == ("0", alike, "z")


def test_a_malformed_record_after_many_lines_is_found_on_its_line(land: Land) -> None:
    told = land(b"a,b\n" + b'1,"2\n\n"\n' * 200_000 + b"short\n" + b"3,4\n" * 200_000)
    assert len(told.rows) == 400_000
    assert told.malformed == [(600_002, "short")]


def test_another_dialect_is_read_as_told(land: Land) -> None:
    told = land(b"a|b\n'x|\\'y\\\\'|\"z\"\n1|'2''3'\n", delimiter="|", quote="'", escape="\\")
    assert told.rows == [("x|'y\\", '"z"')]
    assert told.malformed == [(3, "1|'2''3'")]


@pytest.mark.parametrize("name", ["it's.csv", "a b*c[1]?.csv", 'x"y.csv', "日本=1.csv", "back\\slash.csv", "{a}.csv"])
def test_a_file_may_have_any_name(land: Land, name: str) -> None:
    told = land(b"a,b\n1,2\n3\n", name)
    assert told.rows == [("1", "2")]
    assert told.malformed == [(3, "3")]
    assert told.parts[0].source == name


@pytest.mark.parametrize(
    "names", [("a'b", 'c"d'), ("select", "c0"), ("c1", "c0"), ("a b", "ü"), ("x;--", "{}"), ("_row", "_raw")]
)
def test_columns_may_have_any_name(land: Land, names: tuple[str, str]) -> None:
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    told = land(f"{header}\n1,2\n".encode())
    assert told.columns == names
    assert told.rows == [("1", "2")]


def test_a_file_of_many_columns_is_read(land: Land) -> None:
    columns = [f"c{i}" for i in reversed(range(1500))]
    told = land("\n".join([",".join(columns), ",".join(map(str, range(1500))), "1,2"]).encode())
    assert told.columns == tuple(columns)
    assert told.rows == [tuple(map(str, range(1500)))]
    assert len(told.malformed) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "source.no_header"),
        (b"\n1,2\n", "source.no_header"),
        (b"a,,c\n1,2,3\n", "source.bad_header"),
        (b"a, ,c\n1,2,3\n", "source.bad_header"),
        (b"a,b,\n1,2,\n", "source.bad_header"),
        (b'a,"b\n1,2\n', "source.bad_header"),
        (b'a,"b"c\n1,2\n', "source.bad_header"),
        (b"a,b\xff\n1,2\n", "source.bad_header"),
        (b"\xff\xfea\x00,\x00b\x00\n\x00", "source.bad_header"),
        (b"a,b,a\n1,2,3\n", "source.duplicate_columns"),
        (b"id,b,ID\n1,2,3\n", "source.duplicate_columns"),
        (b"id,__lakekit_row\n1,2\n", "source.duplicate_columns"),
    ],
)
def test_a_header_that_names_no_columns_is_an_error(land: Land, data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        land(data)
    assert caught.value.code == code
    assert caught.value.where == "data.csv"
