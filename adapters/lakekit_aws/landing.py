"""The landing zone of a bucket: `landing/<layer>/<name>/<uid>/`, filled from a private folder of this host."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from attrs import asdict

from lakekit.domain.errors import StateError
from lakekit.domain.landing import Manifest, Part
from lakekit.domain.names import Dataset
from lakekit.plugin.disk import Scratch
from lakekit.plugin.once import once
from lakekit.ports.clock import Ids
from lakekit.ports.storage import ObjectConflict, ObjectStorage

MANIFEST = "manifest.json"
_WORKSPACES = "lanes"


class BucketLanding:
    """The Landing port. Parts are written and read on this host; `seal` uploads them, and puts the manifest last.

    Each seal uploads into a place of its own, which the manifest names: a holder that has expired without noticing, or
    a run on another host, changes nobody else's parts, and the first manifest is the only one.
    """

    def __init__(self, storage: ObjectStorage, temporary: Path, ids: Ids) -> None:
        """`temporary` is where the private folder is made, which goes with the process."""
        self._storage = storage
        self._temporary = temporary
        self._ids = ids

    def folder(self, dataset: Dataset, uid: str) -> Path:
        return self._scratch.folder / _key(dataset, uid)

    def create(self, dataset: Dataset, uid: str) -> Path:
        self.discard(dataset, uid)
        folder = self.folder(dataset, uid)
        with _told(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        return folder

    def part(self, dataset: Dataset, uid: str, part: Part) -> Path:
        """The file that this host extracted, or a copy of the one that another did."""
        file = self.folder(dataset, uid) / part.path
        if not _has_size(file, part.size):
            with _told(file):
                file.parent.mkdir(parents=True, exist_ok=True)
                place, _ = self._sealed(dataset, uid) or ("", None)
                self._storage.download(f"{_key(dataset, uid)}/{place}/{part.path}", file)
        return file

    def workspace(self, dataset: Dataset, uid: str, token: int) -> Path:
        return self.folder(dataset, uid) / _WORKSPACES / str(token)

    def discard_workspaces(self, dataset: Dataset, uid: str) -> None:
        _remove(self.folder(dataset, uid) / _WORKSPACES)

    def discard(self, dataset: Dataset, uid: str) -> None:
        """The manifest goes first: what is left when this is interrupted counts as never finished."""
        key = _key(dataset, uid)
        self._storage.delete(f"{key}/{MANIFEST}")
        self._storage.delete_all(key)
        _remove(self.folder(dataset, uid))

    def seal(self, dataset: Dataset, uid: str, manifest: Manifest) -> None:
        """Raises StateError: `landing.damaged` when a part is not as the manifest says, `landing.taken` when another
        run has sealed this attempt."""
        folder, key, place = self.folder(dataset, uid), _key(dataset, uid), self._ids.new()
        for part in manifest.parts:
            if not _is_inside(part) or not _has_size(folder / part.path, part.size):
                raise _damaged(dataset, str(folder / part.path))
            (folder / part.path).chmod(0o600)
        self._storage.take({f"{key}/{place}/{p.path}": folder / p.path for p in manifest.parts})
        told = json.dumps({"place": place, **asdict(manifest)})
        try:
            self._storage.write(f"{key}/{MANIFEST}", told.encode(), None)
        except ObjectConflict:
            # A retry after a lost answer finds its own manifest.
            if self._sealed(dataset, uid) != (place, manifest):
                self._storage.delete_all(f"{key}/{place}")
                _remove(folder)
                raise StateError(
                    "landing.taken",
                    f"another run has landed this batch of {dataset}",
                    where=self._storage.address(key),
                    next="run again: it goes on with what that run has landed",
                ) from None

    def manifest(self, dataset: Dataset, uid: str) -> Manifest | None:
        """What `seal` wrote, held against the objects that are there.

        Raises StateError: `landing.damaged` for a part that is not as it says, `landing.corrupt` for a manifest that
        nobody can have sealed.
        """
        if (sealed := self._sealed(dataset, uid)) is None:
            return None
        place, manifest = sealed
        for part in manifest.parts:
            key = f"{_key(dataset, uid)}/{place}/{part.path}"
            stat = self._storage.stat(key) if _is_inside(part) else None
            if stat is None or stat.size != part.size:
                raise _damaged(dataset, self._storage.address(key))
        return manifest

    def close(self) -> None:
        if "_scratch" in self.__dict__:
            self._scratch.close()
            del self._scratch

    @once
    def _scratch(self) -> Scratch:
        with _told(self._temporary):
            return Scratch(self._temporary)

    def _sealed(self, dataset: Dataset, uid: str) -> tuple[str, Manifest] | None:
        key = f"{_key(dataset, uid)}/{MANIFEST}"
        found = self._storage.read(key)
        try:
            if found is None:
                return None
            told = json.loads(found.data)
            return str(told["place"]), Manifest(tuple(Part(**part) for part in told["parts"]))
        except (ValueError, TypeError, KeyError) as error:
            raise StateError(
                "landing.corrupt",
                f"a manifest of {dataset} cannot be read",
                where=self._storage.address(key),
                why=type(error).__name__,
                next="remove it to have the batch extracted again",
            ) from None


def _key(dataset: Dataset, uid: str) -> str:
    if not uid.isascii() or not uid.isalnum():
        raise ValueError("a uid is ASCII letters and digits")
    return f"{dataset.landing}/{uid}"


def _is_inside(part: Part) -> bool:
    path = PurePosixPath(part.path)
    return not path.is_absolute() and ".." not in path.parts


def _has_size(file: Path, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size


def _damaged(dataset: Dataset, where: str) -> StateError:
    return StateError(
        "landing.damaged",
        f"a landed part of {dataset} is missing, changed, or outside its place",
        where=where,
        why="parts are never changed by lakekit; something else wrote there",
        next="remove the manifest beside it to have the batch extracted again",
    )


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateError(
            "landing.unavailable",
            "the private folder for landed rows cannot be written or read",
            where=str(error.filename or path),
            why=error.strerror or type(error).__name__,
            next="check space and permissions there, and run again",
        ) from error
