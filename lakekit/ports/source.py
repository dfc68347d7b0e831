"""Where rows come from."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from lakekit.domain.batch import Bounds, FileMark, Mode
from lakekit.domain.contract import Contract
from lakekit.domain.landing import Part
from lakekit.domain.watermark import Watermark


class Source(Protocol):
    """One dataset's source. Every method raises SourceError for what the source does; no driver's exception leaves."""

    def bounds(
        self, mode: Mode, low: Watermark | None, high: Watermark | None, seen: frozenset[FileMark]
    ) -> Bounds | None:
        """What the next batch shall read, fixed now; None when there is nothing new to read.

        In `Mode.FILES` only files not in `seen` count (`lakekit.domain.reading.unread`).
        """
        ...

    def extract(self, contract: Contract, cursor: str | None, bounds: Bounds, folder: Path) -> tuple[Part, ...]:
        """Write the rows within `bounds`, values unchanged, as Parquet files into the empty `folder`.

        Memory is bounded whatever the source's size. With a `cursor`, rows whose value of that column lies in
        [bounds.low, bounds.high], or is no value of its type, are written; others are not the batch's. The number of
        records is counted a second way, and a difference raises. A source that no longer is what `bounds` says raises.
        """
        ...
