"""The log of a Delta table, read as the objects that it is.

delta-rs numbers a table's history by counting backwards, which goes wrong where a commit has no `commitInfo`;
and only the log tells whose commit a version is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from lakekit.ports.storage import Stat
from lakekit_delta.place import Place

_COMMIT = re.compile(r"(\d{20})\.json")
_ENTRY = re.compile(r"\d{20}\.([\w.-]+\.)?(json|parquet)|_last_checkpoint")


@frozen
class Listing:
    """One look at a log: the commits that it holds, newest first, and whether there was ever one; what a writer left
    that died before it does not count."""

    commits: Mapping[int, Stat]
    begun: bool


class Log:
    """The commits that a table's log still holds. A commit that is not JSON raises ValueError."""

    def __init__(self, table: Place) -> None:
        self.folder = table / "_delta_log"

    def listing(self) -> Listing:
        """What is there now."""
        place = f"{self.folder.key}/"
        names = {key.removeprefix(place): stat for key, stat in self.folder.storage.list(self.folder.key).items()}
        found = ((_COMMIT.fullmatch(name), stat) for name, stat in names.items())
        commits = {int(match[1]): stat for match, stat in found if match}
        return Listing(dict(sorted(commits.items(), reverse=True)), any(map(_ENTRY.fullmatch, names)))

    def path(self, version: int) -> Place:
        """Where the commit of `version` lies, if it does."""
        return self.folder / f"{version:020}.json"

    def versions(self) -> list[int]:
        """The versions whose commits the log holds, newest first; clean-up takes the oldest away."""
        return list(self.listing().commits)

    def info(self, version: int) -> Mapping[str, Any] | None:
        """What the commit says about itself, empty when nothing; None when the log no longer holds it."""
        try:
            return next((action["commitInfo"] or {} for action in self._actions(version, "commitInfo")), {})
        except FileNotFoundError:
            return None

    def is_commit(self, version: int, app_id: str, number: int, note: str) -> bool | None:
        """Whether `version` is the commit of this transaction and note; None when there is none."""
        info = self.info(version)
        if info is None or info.get("userMetadata") != note:
            return None if info is None else False
        transactions = (a["txn"] for a in self._actions(version, "txn"))
        return any(t["appId"] == app_id and t["version"] == number for t in transactions)

    def added(self, version: int) -> frozenset[str]:
        """The paths of the files that the commit of `version` added, as they stand there."""
        return frozenset(str(action["add"]["path"]) for action in self._actions(version, "add"))

    def actions(self, version: int, *kinds: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The commit's actions of these kinds, as they stand there. Raises FileNotFoundError when it is gone."""
        for action in self._parsed(version, lambda line: any(f'"{kind}"'.encode() in line for kind in kinds)):
            yield from ((kind, action[kind] or {}) for kind in kinds if kind in action)

    def last_checkpoint(self) -> int:
        """The version of the last checkpoint, -1 when there is none that can be read."""
        found = self.folder.storage.read((self.folder / "_last_checkpoint").key)
        try:
            return int(json.loads(found.data)["version"]) if found else -1
        except (ValueError, KeyError, TypeError):
            return -1

    def names(self, folder: str) -> bool:
        """Whether any commit that the log holds adds or removes a file within `folder` of the table."""
        return any(
            action[kind]["path"].startswith(f"{folder}/")
            for version in self.versions()
            for kind in ("add", "remove")
            for action in self._actions(version, kind, f"{folder}/")
        )

    def _actions(self, version: int, kind: str, *holding: str) -> Iterator[Mapping[str, Any]]:
        """The commit's actions of one kind. Only lines that hold these texts are parsed."""
        texts = [text.encode() for text in (f'"{kind}"', *holding)]
        parsed = self._parsed(version, lambda line: all(text in line for text in texts))
        return (action for action in parsed if kind in action)

    def _parsed(self, version: int, wanted: Callable[[bytes], bool]) -> Iterator[Mapping[str, Any]]:
        commit = self.folder.storage.read(self.path(version).key)
        if commit is None:
            raise FileNotFoundError(str(self.path(version)))
        return (json.loads(line) for line in commit.data.split(b"\n") if wanted(line))
