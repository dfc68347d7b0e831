"""Upkeep of tables by delta-rs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lakekit.domain.errors import TableError
from lakekit.domain.table_options import Definition
from lakekit.domain.types import flat_type
from lakekit.domain.upkeep import Leftover, TableShape
from lakekit.ports.storage import ObjectStorage
from lakekit_delta.definition import properties_of
from lakekit_delta.driver import hooks, reading, writing
from lakekit_delta.known import Known
from lakekit_delta.layout import CLUSTERED_BY, shape_of
from lakekit_delta.place import Place
from lakekit_delta.spelling import refuse_spelling, spelled
from lakekit_delta.stats import exact
from lakekit_delta.tables import snapshot_of

if TYPE_CHECKING:
    from deltalake import DeltaTable, WriterProperties


class DeltaUpkeep:
    """The port `Upkeep` for the tables of a lake, in a folder or a bucket."""

    def __init__(self, storage: ObjectStorage) -> None:
        self._storage = storage
        self._known = Known()

    def measure(self, table: PurePosixPath, columns: Sequence[str] = ()) -> TableShape | None:
        folder = Place(self._storage, str(table))
        found = self._known.newest(folder)
        if found is None:
            return None
        return shape_of(folder, found, columns)

    def compact(self, table: PurePosixPath, target: int, public: Collection[str], note: str | None) -> None:
        folder = Place(self._storage, str(table))
        found = self._rewritable(folder)
        with writing(folder):
            found.optimize.compact(target_size=target, **_rewriting(found, public, note))

    def cluster(
        self, table: PurePosixPath, columns: Sequence[str], target: int, public: Collection[str], note: str | None
    ) -> None:
        folder = Place(self._storage, str(table))
        found = self._rewritable(folder)
        with writing(folder):
            told = _rewriting(found, public, note, {CLUSTERED_BY: json.dumps(list(columns))})
            found.optimize.z_order(list(columns), target_size=target, **told)

    def checkpoint(self, table: PurePosixPath) -> None:
        folder = Place(self._storage, str(table))
        found = self._existing(folder)
        with writing(folder):
            found.create_checkpoint()

    def leftovers(self, table: PurePosixPath, hours: float) -> tuple[Leftover, ...]:
        folder = Place(self._storage, str(table))
        found = self._existing(folder)
        with reading(folder):
            # Whole hours are all that delta-rs takes: the retention is never shorter than was asked for.
            paths = found.vacuum(-int(-hours // 1), dry_run=True, enforce_retention_duration=False, full=True)
            # It also names what an earlier vacuum removed.
            there = ((path, (folder / path).stat()) for path in sorted(paths))
            return tuple(Leftover(path, stat.size) for path, stat in there if stat)

    def remove(self, table: PurePosixPath, leftovers: Sequence[Leftover]) -> None:
        folder = Place(self._storage, str(table))
        with writing(folder):
            for leftover in leftovers:
                self._storage.delete((folder / leftover.path).key)

    def alter(
        self,
        table: PurePosixPath,
        properties: Mapping[str, str],
        constraints: Mapping[str, str],
        dropped: Sequence[str],
        note: str | None,
    ) -> None:
        folder = Place(self._storage, str(table))
        for name in dropped:
            with writing(folder):
                self._existing(folder).alter.drop_constraint(name, **_commit(note))
        told = properties_of(Definition(constraints=constraints, properties=properties))
        if told:
            with writing(folder):
                self._existing(folder).alter.set_table_properties(told, raise_if_not_exists=False, **_commit(note))

    def clean_log(self, table: PurePosixPath) -> None:
        folder = Place(self._storage, str(table))
        found = self._existing(folder)
        with writing(folder):
            found.cleanup_metadata()

    def _rewritable(self, folder: Place) -> DeltaTable:
        found = self._existing(folder)
        refuse_spelling(folder, spelled(folder, found))
        return found

    def _existing(self, folder: Place) -> DeltaTable:
        found = self._known.newest(folder)
        if found is None:
            raise TableError("table.vanished", "the table was removed meanwhile", where=str(folder), next="run again")
        return found


def _rewriting(
    table: DeltaTable, public: Collection[str], note: str | None, more: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    return {"writer_properties": _properties(table, public), **_commit(note, more)}


def _commit(note: str | None, more: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    from deltalake import CommitProperties

    told = {**({"userMetadata": note} if note is not None else {}), **(more or {})}
    return {"commit_properties": CommitProperties(custom_metadata=told), "post_commithook_properties": hooks()}


def _properties(table: DeltaTable, public: Collection[str]) -> WriterProperties:
    """Statistics of the public columns alone, in footers as in the log, and of those alone whose bounds are exact."""
    from deltalake import ColumnProperties, WriterProperties

    flat = {c.name: type_ for c in snapshot_of(table).columns if (type_ := flat_type(c.type))}
    told = {name: ColumnProperties(statistics_enabled="CHUNK") for name in public if name in flat and exact(flat[name])}
    return WriterProperties(
        compression="SNAPPY",
        default_column_properties=ColumnProperties(statistics_enabled="NONE"),
        column_properties=told,
    )
