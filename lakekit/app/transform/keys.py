"""Which keys a build by keys makes anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lakekit.app.transform.inputs import Reading
from lakekit.app.transform.job import Workshop
from lakekit.ports.engine import Input, Written
from lakekit.sql.comparable import exact
from lakekit.sql.merging import CAME, WENT, Moved, moved_keys_query


def moved_keys(
    workshop: Workshop, readings: Sequence[Reading], keys: Sequence[str], folder: Path
) -> tuple[Written, ...]:
    """The keys of rows that came or went. A row that was only written anew, with others of its file, did neither."""
    inputs: dict[str, Input] = {}
    told = []
    for number, reading in enumerate(readings):
        sides = {f"{CAME}{number}": reading.added, f"{WENT}{number}": reading.removed}
        inputs |= {name: rows for name, rows in sides.items() if rows.files}
        came, went = (name if name in inputs else "" for name in sides)
        told.append(Moved(came, went, _comparable(reading)))
    return workshop.tools.engine.write(moved_keys_query(told, keys), inputs, folder / "keys")


def _comparable(reading: Reading) -> tuple[str, ...]:
    """The columns, where rows that compare as equal are the same on every engine; maps do not compare."""
    columns = reading.content.snapshot.columns
    if not exact(columns) or any("map<" in column.type for column in columns):
        return ()
    return tuple(column.name for column in columns)
