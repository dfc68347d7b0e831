"""JSON Lines: each line is a row, or a malformed record by itself; values keep what they say."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.batch import Mode
from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import SourceError
from lakekit.domain.types import parse_type
from lakekit_files.json_line import row
from lakekit_files.options import read_options
from lakekit_files.origin import Disk
from lakekit_files.source import FileSource
from tests.unit.files.conftest import Land, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text('abc é"\\n', min_size=1, max_size=3), VALUES, max_size=4)


def test_each_line_is_a_row_of_texts_whose_columns_are_the_names_of_all_lines(land: Land) -> None:
    landed = land(
        b'\xef\xbb\xbf{"id": 1, "at": "2024", "ok": true}\r\n'
        b"\n"
        b'{"id": 12345678901234567890123, "price": 0.10, "e": 1E+2}\n'
        b'{"at": null, "tags": [1, {"a": "\\u00e9"}, null], "empty": "", "nul": "a\\u0000b"}',
        "data.jsonl",
    )
    assert landed.columns == ("id", "at", "ok", "price", "e", "tags", "empty", "nul")
    assert landed.rows == [
        ("1", "2024", "true", None, None, None, None, None),
        ("12345678901234567890123", None, None, "0.10", "1E+2", None, None, None),
        (None, None, None, None, None, '[1,{"a":"é"},null]', "", "a\0b"),
    ]
    assert landed.malformed == []


@pytest.mark.parametrize(
    "line",
    [
        *(b"nonsense", b"[1]", b"1", b'"text"', b"null", b'{"a": 1', b'{"a": 1} {"a": 2}'),
        *(b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}', b'{"": 1}'),
        *(b'{"a": "\\ud800"}', b'{"a": "\xff"}', b"{'a': 1}", b'{"a": "tab\there"}', b'{"a": 01}'),
        *(b"[" * 100_000, b'{"a":' * 100_000, b'{"a": "' + b"x" * 2_000_000 + b'"}'),
    ],
)
def test_a_line_that_is_no_record_is_kept_with_its_number_and_swallows_no_neighbour(land: Land, line: bytes) -> None:
    landed = land(b'{"a": "before"}\n\n' + line + b'\n{"a": "after"}\n', "data.ndjson")
    assert landed.rows == [("before",), ("after",)]
    assert landed.malformed == [(3, line.decode(errors="backslashreplace"))]


def test_a_truncated_last_line_is_malformed(land: Land) -> None:
    landed = land(b'{"a": 1}\n{"a": 2}\n{"a": ', "data.jsonl")
    assert (landed.rows, landed.malformed) == ([("1",), ("2",)], [(3, '{"a": ')])


def test_packed_files_are_read_too(land: Land) -> None:
    assert land(gzip.compress(b'{"a": 1}\n'), "data.json.gz").rows == [("1",)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a": 1}\n{"A": 2}\n', "source.duplicate_columns"),
        (b'{" ": 1}\n', "source.bad_header"),
        (b'{"__lakekit_row": 1}\n', "source.duplicate_columns"),
        (b"".join(b'{"n%d": 1}\n' % n for n in range(2_001)), "source.too_many_columns"),
        (b" " * 40_000_000, "source.record_too_long"),
    ],
)
def test_what_has_no_columns_to_tell_is_an_error(land: Land, data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        land(data, "data.jsonl")
    assert caught.value.code == code


def test_an_increment_reads_along_a_column(land: Land) -> None:
    day = Column("day", parse_type("date"))
    lines = [{"day": "2024-01-01"}, {"day": "2024-01-02"}, {"day": "soon"}, {}, {"day": "2024-01-03", "x": 1}]
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    landed = land(data, "data.jsonl", cursor=day, low="2024-01-02", high="2024-01-02")
    assert [(r[0], r[-1]) for r in landed.rows] == [("2024-01-02", 2), ("soon", 3), (None, 4)]
    with pytest.raises(SourceError, match=r"source\.no_watermark_column"):
        land(b'{"other": 1}\n', "data.jsonl", cursor=day, low="2024-01-02")


@given(OBJECTS)
def test_a_value_says_what_the_line_said(told: dict[str, object]) -> None:
    found = row(json.dumps(told, ensure_ascii=False).encode())
    assert found is not None
    assert found.keys() == told.keys()
    for name, text in found.items():
        value = told[name]
        assert text == value if value is None or isinstance(value, str) else json.loads(str(text)) == value


def mutated(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case _:
                data[at:at] = chance.choice([b"\n", b'"', b"{", b"\0", b"\xff", b"\r\n", b"}{"])
        data = data or bytearray(b"x")
    return bytes(data)


def counted(data: bytes) -> Iterator[bytes]:
    """The records, by Python alone."""
    return (line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip())


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_to_a_file_no_record_is_lost_or_made_up(land: Land, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = "".join(f"{json.dumps({'id': n, 'text': 'é' * chance.randint(0, 9)})}\n" for n in range(50)).encode()
    broken = mutated(bytearray(data), chance)
    records = list(counted(broken))
    if not any(row(record) for record in records):
        return
    names = {name for record in records for name in row(record) or ()}
    if any(not name.strip() for name in names) or len(names) != len({name.casefold() for name in names}):
        with pytest.raises(SourceError):
            land(broken, "data.jsonl")
        return
    landed = land(broken, "data.jsonl")
    assert len(landed.rows) + len(landed.malformed) == len(records)
    ids = (found[landed.columns.index("id")] for found in landed.rows)
    untouched = [str(json.loads(record)["id"]) for record in records if record in set(data.split(b"\n"))]
    assert all(number in ids for number in untouched), "in their order"


def test_a_file_of_malformed_lines_alone_lands_these(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes(b"x\ny\n")
    (tmp_path / "landing").mkdir()
    source = FileSource(Disk(tmp_path), read_options({"path": "data.jsonl"}))
    bounds = source.bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    (part,) = source.extract(Contract("data", ()), None, bounds, tmp_path / "landing")
    assert part.malformed
    assert read(tmp_path / "landing" / part.path)[1] == [(1, "x"), (2, "y")]
