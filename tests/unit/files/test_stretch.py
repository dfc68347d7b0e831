"""Telling how far the work on a file is."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.batch import Mode
from lakekit.domain.contract import Contract
from lakekit.testing.fakes import RecordingProgress
from lakekit_files.options import read_options
from lakekit_files.origin import Disk
from lakekit_files.source import FileSource
from lakekit_files.stretch import Metered, watching, whole

SHARES = st.floats(-0.5, 1.5, allow_nan=False)


@given(st.integers(0, 10**13), st.lists(st.tuples(st.integers(0, 2), SHARES)))
def test_whatever_is_told_of_passes_bytes_stay_within_the_file_and_end_with_it(
    size: int, told: list[tuple[int, float]]
) -> None:
    progress = RecordingProgress()
    way = whole(progress, size)
    passes = way.split(1, 0, 2.5)
    for number, share in told:
        passes[number].at(share)
        assert 0 <= progress.bytes <= size
    way.at(1, 7)
    assert (progress.bytes, progress.rows, progress.fewest_rows) == (size, 7, 0)


def test_a_pass_is_a_stretch_of_the_way() -> None:
    progress = RecordingProgress()
    first, second = whole(progress, 1000).split(1, 3)
    first.at(0.5)
    assert progress.bytes == 125
    second.at(0)
    assert progress.bytes == 250
    inner, _ = second.split(1, 1)
    inner.at(1)
    assert progress.bytes == 625


def test_a_pass_that_lands_rows_tells_of_as_many_as_it_has_come_past() -> None:
    progress = RecordingProgress()
    whole(progress, 1000).rows_of(80)(0.25)
    assert (progress.rows, progress.bytes) == (20, 250)


def test_reading_tells_how_far_it_has_come() -> None:
    told: list[float] = []
    file = io.BytesIO(b"ab\n" * 100)
    file.seek(150)
    metered = Metered(file, 300, told.append, step=50)
    assert b"".join(iter(lambda: metered.readline(10), b"")) == b"ab\n" * 50
    assert told == [201 / 300, 252 / 300]
    assert metered.read(10) == b""


def test_watching_tells_nothing_that_goes_back_and_ends_with_the_work() -> None:
    shares, told, enough = iter([0.5, 0.2, 0.9, *[0.9] * 10**6]), list[float](), threading.Event()

    def tell(share: float) -> None:
        told.append(share)
        if len(told) >= 4:
            enough.set()

    with watching(lambda: next(shares), tell, every=0.001):
        assert enough.wait(20)
    count = len(told)
    assert told[:4] == [0.5, 0.5, 0.9, 0.9]
    assert len(told) == count


LINES = b"".join(b"%d,2024-01-01,%s\n" % (n, b"x" * 90) for n in range(60_000))
QUOTED = LINES + b'1,2024-01-01,"a\nb"\n' + LINES
BLANK = LINES + b"\n" * 1000 + LINES
MALFORMED = LINES + b"1,2\n" + LINES
JSON = b"".join(b'{"a": %d, "b": "%s"}\n' % (n, b"x" * 90) for n in range(60_000)) + b"{\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"id,day,b\n" + LINES),
        ("quoted.csv", b"id,day,b\n" + QUOTED),
        ("blank.csv", b"id,day,b\n" + BLANK),
        ("malformed.csv", b"id,day,b\n" + MALFORMED),
        ("a.jsonl", JSON),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_a_large_file_is_told_of_while_it_is_read_and_in_the_end_exactly(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    progress = RecordingProgress()
    source = FileSource(Disk(tmp_path), read_options({"path": name}), progress)
    bounds = source.bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    (tmp_path / "landing").mkdir()
    parts = source.extract(Contract("data", ()), None, bounds, tmp_path / "landing")
    assert progress.rows == sum(part.rows for part in parts) >= 60_001 - name.startswith("a.csv")
    assert progress.bytes == progress.most_bytes == len(data)
    assert (progress.fewest_rows, progress.fewest_bytes) == (0, 0)
    assert progress.calls > 3
