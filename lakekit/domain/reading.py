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
    beside the first is new: two equal files are two, as two equal rows are. It is new, too, when the first, which it
    was taken for, comes back.
    """
    by_path: dict[str, list[FileMark]] = {}
    for mark in seen:
        by_path.setdefault(mark.path, []).append(mark)
    known = {m.path: s for m in marks for s in by_path.get(m.path, ()) if s.is_same(m)}
    left: Counter[tuple[int, str] | None] = Counter(mark.content for mark in seen if mark.content and not mark.again)
    left.subtract(mark.content for mark in known.values() if mark.content)
    found = []
    for mark in marks:
        before = known.get(mark.path)
        if before is None:
            new = digested(mark)
            again = new.content is not None and left[new.content] > 0
            left[new.content] -= again
            found.append(evolve(new, again=again))
        elif before.again and left[before.content] < 0:
            left[before.content] += 1
            found.append(evolve(before, again=False))
    return tuple(found)
