"""Which keys a build by keys makes anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lakekit.app.transform.inputs import Reading
from lakekit.app.transform.job import Workshop
from lakekit.app.transform.made import as_input
from lakekit.domain.transform import Transform
from lakekit.ports.engine import Input, Written
from lakekit.sql.comparable import exact
from lakekit.sql.merging import CAME, KEYS, WENT, Moved, concerned_query, keys_query, moved_keys_query


def affected_keys(
    workshop: Workshop, transform: Transform, readings: Sequence[Reading], folder: Path
) -> tuple[Written, ...]:
    """The keys of rows of the incremental inputs that moved, and of those that a row concerns which moved in an input
    beside. A row that is to be made otherwise is either one: the others are made of the same rows as before."""
    incremental = [r for r in readings if r.name in transform.incremental]
    there = {r.name: r for r in readings}
    found = list(moved_keys(workshop, incremental, transform.affected_by, folder / "own"))
    for number, through in enumerate(transform.affected_through):
        into = folder / f"through-{number}"
        moved = moved_keys(workshop, [there[through.dataset]], through.columns, into)
        for place, reading in enumerate(incremental if moved else ()):
            told = reading.content.snapshot.columns
            query = concerned_query(reading.name, through.columns, transform.affected_by)
            asked = as_input(moved, [c for c in told if c.name in through.columns])
            rows = {reading.name: reading.everything, KEYS: asked}
            found += workshop.tools.engine.write(query, rows, into / f"concerned-{place}")
    if not found or not transform.affected_through:
        return tuple(found)
    columns = [c for c in incremental[0].content.snapshot.columns if c.name in transform.affected_by]
    query = keys_query(KEYS, transform.affected_by)
    return workshop.tools.engine.write(query, {KEYS: as_input(found, columns)}, folder / "keys")


def moved_keys(
    workshop: Workshop, readings: Sequence[Reading], keys: Sequence[str], folder: Path, *, known: bool = False
) -> tuple[Written, ...]:
    """The keys of rows that came or went; with `known`, those that have all their values. A row that was only written
    anew, with others of its file, did neither."""
    inputs: dict[str, Input] = {}
    told: list[Moved] = []
    for number, reading in enumerate(readings):
        sides = {f"{CAME}{number}": reading.added, f"{WENT}{number}": reading.removed}
        inputs |= {name: rows for name, rows in sides.items() if rows.files}
        came, went = (name if name in inputs else "" for name in sides)
        told.append(Moved(came, went, _comparable(reading)))
    if not inputs:
        return ()
    return workshop.tools.engine.write(moved_keys_query(told, keys, known=known), inputs, folder / "keys")


def _comparable(reading: Reading) -> tuple[str, ...]:
    """The columns, where rows that compare as equal are the same on every engine; maps do not compare."""
    columns = reading.content.snapshot.columns
    if not exact(columns) or any("map<" in column.type for column in columns):
        return ()
    return tuple(column.name for column in columns)
