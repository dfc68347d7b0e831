"""Which files are new: those whose content was not read as often as it is there."""

from __future__ import annotations

from collections import Counter

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from lakekit.domain.batch import FileMark
from lakekit.domain.reading import unread

CONTENTS = st.sampled_from("abc")
FOLDERS = st.dictionaries(st.sampled_from(["1.csv", "2.csv", "3.csv", "4.csv"]), st.tuples(CONTENTS, st.integers(0, 2)))
"""What lies under each name: a content, and when it was written."""


def marks(folder: dict[str, tuple[str, int]]) -> list[FileMark]:
    return [FileMark(path, 1, time) for path, (_, time) in sorted(folder.items())]


def read(folder: dict[str, tuple[str, int]], seen: list[FileMark]) -> tuple[FileMark, ...]:
    return unread(marks(folder), seen, lambda mark: evolve(mark, digest=folder[mark.path][0]))


@given(st.lists(FOLDERS, max_size=6))
@example([{"1.csv": ("b", 0)}, {"2.csv": ("b", 1)}, {"1.csv": ("b", 0), "2.csv": ("b", 1)}])
@example([{"1.csv": ("a", 0), "4.csv": ("b", 0)}, {"1.csv": ("b", 1)}, {"4.csv": ("b", 0), "1.csv": ("b", 1)}])
def test_each_content_is_read_as_often_as_it_has_ever_been_there_at_once(
    history: list[dict[str, tuple[str, int]]],
) -> None:
    seen: list[FileMark] = []
    expected: Counter[str] = Counter()
    written: dict[tuple[str, int], str] = {}
    for folder in history:
        if any(written.setdefault((path, time), content) != content for path, (content, time) in folder.items()):
            continue  # another content under the same name and time is what nobody can notice
        seen += read(folder, seen)
        expected |= Counter(content for content, _ in folder.values())
        assert Counter(mark.digest for mark in seen if not mark.again) == expected


@given(FOLDERS)
def test_what_has_been_read_is_not_read_again(folder: dict[str, tuple[str, int]]) -> None:
    assert read(folder, list(read(folder, []))) == ()


def test_a_mark_without_a_digest_is_known_by_its_name_size_and_time() -> None:
    before = FileMark("1.csv", 1, 5)
    assert read({"1.csv": ("a", 5)}, [before]) == ()
    assert [m.again for m in read({"1.csv": ("a", 6)}, [before])] == [False]


def test_an_object_written_again_within_a_second_is_another() -> None:
    before = FileMark("1.csv", 1, 5, "etag1")
    assert unread([FileMark("1.csv", 1, 5, "etag2")], [before], lambda m: m) == (FileMark("1.csv", 1, 5, "etag2"),)
