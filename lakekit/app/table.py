"""What a table is made of, and how it became so, for people."""

from __future__ import annotations

from itertools import islice
from pathlib import PurePosixPath

from attrs import evolve

from lakekit.app.codec import decode_note
from lakekit.app.tools import Tools
from lakekit.app.transform.note import decode_adoption, decode_build
from lakekit.domain.errors import TableError
from lakekit.domain.report import TableDetail, TableVersion
from lakekit.ports.table_store import CommitInfo
from lakekit.ports.upkeep import Upkeep


def show(tools: Tools, upkeep: Upkeep, table: PurePosixPath) -> TableDetail:
    """The table's newest version. Raises TableError `table.missing` where there is none."""
    snapshot, shape = tools.tables.snapshot(table), upkeep.measure(table)
    if snapshot is None or shape is None:
        raise _missing(table)
    return TableDetail(str(table), snapshot.columns, shape, snapshot.definition)


def history(tools: Tools, table: PurePosixPath, limit: int) -> tuple[TableVersion, ...]:
    """At most `limit` of the commits that the log still holds, newest first. Raises TableError as `show` does."""
    found = tuple(_version(info) for info in islice(tools.tables.history(table), limit))
    if not found:
        raise _missing(table)
    return found


def _version(info: CommitInfo) -> TableVersion:
    told = TableVersion(info.version, info.at, info.operation)
    if made := decode_build(info.note) or decode_adoption(info.note):
        return evolve(told, batch=made.number, run_id=made.run_id)
    note = decode_note(info.note)
    batch = note.batch if note else None
    seal = batch.seal if batch else None
    return evolve(
        told,
        batch=batch.number if batch else None,
        watermark=seal.watermark if seal else None,
        run_id=seal.run_id if seal else None,
    )


def _missing(table: PurePosixPath) -> TableError:
    return TableError("table.missing", "there is no such table yet", where=str(table), next="lakekit run")
