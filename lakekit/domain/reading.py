"""Which files are new to a dataset that reads each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from attrs import evolve

from lakekit.domain.batch import FileMark


def unread(
    marks: Sequence[FileMark], seen: Collection[FileMark], digested: Callable[[FileMark], FileMark]
) -> tuple[FileMark, ...]:
    """The files that are not among those `seen`, in their order; `digested` gives a mark its digest.

    Contents are counted: of a content that was read m times, files beyond the m-th are new. So a file that was touched
    or renamed is not, nor one that is delivered again after the first has been removed; those are `again`. A copy
    beside the first is new: two equal files are two, as two equal rows are.
    """
    by_path: dict[str, list[FileMark]] = {}
    for mark in seen:
        by_path.setdefault(mark.path, []).append(mark)
    known = {m.path: s for m in marks for s in by_path.get(m.path, ()) if s.is_same(m)}
    left: Counter[tuple[int, str] | None] = Counter(mark.content for mark in seen if mark.content and not mark.again)
    left.subtract(mark.content for mark in known.values() if mark.content)
    found = []
    for mark in (digested(m) for m in marks if m.path not in known):
        again = mark.content is not None and left[mark.content] > 0
        left[mark.content] -= again
        found.append(evolve(mark, again=again))
    return tuple(found)
