"""Streams of the ledger as lines."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.cli.grid import grid
from lakekit.cli.words import known, number, progress
from lakekit.domain.report import StreamState
from lakekit.domain.watermark import Watermark


def listed(streams: Sequence[StreamState]) -> list[str]:
    """A line for each."""
    if not streams:
        return ["nothing has been read yet"]
    titles = ("dataset", "stream", ">generation", ">batch", "status", "watermark", ">files read")
    return grid(titles, [_cells(stream) for stream in streams])


def shown(stream: StreamState) -> list[str]:
    """A line for each thing that is known of one."""
    names = ("dataset", "stream", "generation", "batch", "status", "watermark", "files read")
    return [f"{name:<10}  {told}" for name, told in zip(names, _cells(stream), strict=True)]


def moved(dataset: str, before: Watermark | None, now: Watermark) -> list[str]:
    """What became of a watermark."""
    return [f"{dataset}: the watermark was {progress(before)}, and is {progress(now)}"]


def _cells(stream: StreamState) -> tuple[str, ...]:
    return (
        stream.dataset,
        stream.stream,
        number(stream.generation),
        known(stream.batch),
        stream.batch_status or "-",
        progress(stream.watermark),
        number(stream.files_read),
    )
