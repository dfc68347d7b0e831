"""The inputs of a transform: at which version they are read, what became of them since, and the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from attrs import frozen

from lakekit.app.table_files import rows_of
from lakekit.domain.build import Build, Pin
from lakekit.domain.errors import ConfigError, TableError
from lakekit.domain.names import parse_dataset
from lakekit.domain.planning import InputState, Movement
from lakekit.domain.transform import Mention
from lakekit.ports.engine import Input
from lakekit.ports.table_store import Changes, Content, Snapshot, TableFile, TableStore


@frozen(slots=False)
class Reading:
    """An input at its version: its state, and what changed since the last build, where that is known. What it is made
    of is looked up where it is asked for: a table that has not moved may be large."""

    state: InputState
    changes: Changes | None
    tables: TableStore

    @cached_property
    def content(self) -> Content:
        """All of it. Raises TableError where the version is gone."""
        return self.tables.content(parse_dataset(self.name).table, self.state.pin.version)

    @property
    def name(self) -> str:
        return self.state.pin.dataset

    @property
    def size(self) -> tuple[int, int | None, int]:
        """Files, rows (None where the log does not tell) and bytes of all of it."""
        return measure(self.content.files)

    @property
    def everything(self) -> Input:
        """All rows."""
        return self._of(self.content.files)

    @property
    def added(self) -> Input:
        """The rows that came since the last build, those that were only written anew among them."""
        return self._of(self.changes.added if self.changes else ())

    @property
    def removed(self) -> Input:
        """The rows that went since the last build."""
        return self._of(self.changes.removed if self.changes else ())

    def _of(self, files: Sequence[TableFile]) -> Input:
        return rows_of(files, self.content.snapshot.columns)


def read_input(tables: TableStore, mention: Mention, pinned: Pin | None, last: Build | None) -> Reading:
    """The input at the version that is `pinned`, or as it is now; where the build before read a later one than is
    pinned, at that, since a table never goes back to what its inputs were. Raises ConfigError where there is no such
    table yet, TableError where the table is another by now, or its version gone."""
    table = parse_dataset(mention.dataset).table
    newest = tables.snapshot(table)
    if newest is None:
        raise _missing(mention)
    if pinned and pinned.table_id != newest.table_id:
        raise _replaced(mention)
    before = last.pin(mention.dataset) if last else None
    pin = Pin(mention.dataset, newest.table_id, _version(newest, pinned, before))
    changes = _changes(tables, pin, before)
    return Reading(_state(tables, pin, changes), changes, tables)


def _version(newest: Snapshot, pinned: Pin | None, before: Pin | None) -> int:
    if pinned is None:
        return newest.version
    same = before is not None and before.table_id == pinned.table_id
    return max(pinned.version, before.version) if before and same else pinned.version


def _changes(tables: TableStore, pin: Pin, before: Pin | None) -> Changes | None:
    if before is None or before.table_id != pin.table_id or before.version > pin.version:
        return None
    return tables.changes(parse_dataset(pin.dataset).table, before.version, pin.version)


def _state(tables: TableStore, pin: Pin, changes: Changes | None) -> InputState:
    if changes is None:
        return _of(pin, Movement.UNKNOWN, tables.content(parse_dataset(pin.dataset).table, pin.version).files)
    if not changes.added and not changes.removed:
        return InputState(pin, Movement.NONE)
    files = (*changes.added, *changes.removed)
    lost = bool(tables.gone(parse_dataset(pin.dataset).table, files))
    return _of(pin, Movement.CHANGED if changes.removed else Movement.ADDED, files, lost=lost)


def _of(pin: Pin, movement: Movement, files: Sequence[TableFile], *, lost: bool = False) -> InputState:
    count, rows, size = measure(files)
    return InputState(pin, movement, count, rows, size, lost)


def measure(files: Sequence[TableFile]) -> tuple[int, int | None, int]:
    """Files, rows and bytes."""
    counts = [file.rows for file in files]
    rows = None if None in counts else sum(count or 0 for count in counts)
    return len(files), rows, sum(file.size for file in files)


def _missing(mention: Mention) -> ConfigError:
    return ConfigError(
        "transform.input_missing",
        f"{mention.dataset} has no table yet",
        where=mention.place,
        next="run lakekit run, which makes what is read before it is read",
    )


def _replaced(mention: Mention) -> TableError:
    return TableError(
        "transform.input_replaced",
        f"{mention.dataset} was made anew since the plan",
        where=mention.place,
        next="plan again",
    )
