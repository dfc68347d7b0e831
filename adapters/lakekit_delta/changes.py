"""What came and what went between two versions, file by file, from the commits in between."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import Factory, frozen

from lakekit.domain.errors import TableError
from lakekit.ports.table_store import NOTHING, Changes, TableFile
from lakekit_delta.driver import reading
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.rewrite import REWRITTEN
from lakekit_delta.spelling import path_within
from lakekit_delta.versions import files_of, in_order, table_at

if TYPE_CHECKING:
    from deltalake import DeltaTable


@frozen
class _Between:
    """What the commits say, by the files' paths as the log spells them: how often the rows of a file came, less how
    often they went; each file that was added, for whatever reason; and the ids that the table was given."""

    counts: Counter[str] = Factory(Counter)
    added: dict[str, TableFile] = Factory(dict)
    ids: set[str] = Factory(set)


def changes(folder: Place, since: int, version: int, known: DeltaTable | None = None) -> Changes | None:
    """As the port says. `known` is the table at `version`, where it is loaded already."""
    _refuse_unknown(folder, since, version, version if known else _last(folder))
    with reading(folder):
        between = _between(folder, since, version)
    if between is None or len(between.ids) > 1:
        return None
    try:
        return _resolved(folder, since, version, between, known)
    except TableError as error:
        if error.code != "table.version_gone":
            raise
        return None


def _last(folder: Place) -> int:
    with reading(folder):
        log = Log(folder).listing()
    if not log.begun:
        raise TableError("table.missing", "there is no such table", where=str(folder), next="lakekit run")
    return max(log.commits, default=NOTHING)


def _refuse_unknown(folder: Place, since: int, version: int, last: int) -> None:
    unknown = [v for v, lowest in ((version, 0), (since, NOTHING)) if v < lowest] + [version] * (version > last)
    if unknown:
        told = f"the table has no version {unknown[0]}"
        raise TableError("table.no_version", told, where=str(folder), next=f"name one from 0 to {last}")


def _between(folder: Place, since: int, version: int) -> _Between | None:
    """None where the log lacks a commit, or rows were deleted within files."""
    found, log = _Between(), Log(folder)
    if since > version:
        return None
    for number in range(since + 1, version + 1):
        try:
            actions = list(log.actions(number, "add", "remove", "metaData", "commitInfo"))
        except FileNotFoundError:
            return None
        if any(action.get("deletionVector") for _, action in actions):
            return None
        same = any(kind == "commitInfo" and REWRITTEN in action for kind, action in actions)
        for kind, action in actions:
            _count(folder, found, kind, {**action, "dataChange": False} if same else action)
    return found


def _count(folder: Place, found: _Between, kind: str, action: Mapping[str, Any]) -> None:
    if kind == "metaData":
        found.ids.add(str(action["id"]))
    if kind not in ("add", "remove"):
        return
    path = str(action["path"])
    if kind == "add":
        found.added[path] = _file(folder, action)
    if action.get("dataChange"):
        found.counts[path] += 1 if kind == "add" else -1


def _file(folder: Place, add: Mapping[str, Any]) -> TableFile:
    path = path_within(folder, str(add["path"]))
    rows = json.loads(add.get("stats") or "{}").get("numRecords")
    partition = {name: value or None for name, value in add["partitionValues"].items()}  # no text means NULL there
    return TableFile(path, str(folder / path), int(add["size"]), rows, partition)


def _resolved(folder: Place, since: int, version: int, between: _Between, known: DeltaTable | None) -> Changes | None:
    came = {path for path, count in between.counts.items() if count > 0}
    went = {path for path, count in between.counts.items() if count < 0}
    # A restore may bring back what a rewrite had taken: then rows came twice with a file, and lie in another too.
    twice = any(abs(count) > 1 for count in between.counts.values())
    before: dict[str, TableFile] = {}
    if since > NOTHING and (between.ids or twice or went - between.added.keys()):
        then = table_at(folder, since, known)
        if between.ids - {_id(folder, then)}:
            return None
        before = files_of(folder, then, None if twice else went)
    if twice:
        after = files_of(folder, table_at(folder, version, known))
        return Changes(_only(after, before), _only(before, after))
    told = {**before, **between.added}
    # What is known of nowhere was removed before, and is no more for being removed again.
    return Changes(in_order(between.added[path] for path in came), in_order(told[path] for path in went & told.keys()))


def _id(folder: Place, table: DeltaTable) -> str:
    with reading(folder):
        return str(table.metadata().id)


def _only(files: Mapping[str, TableFile], others: Mapping[str, TableFile]) -> tuple[TableFile, ...]:
    return in_order(file for path, file in files.items() if path not in others)
