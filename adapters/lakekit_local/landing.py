"""The landing zone on a local disk: `<lake>/landing/<layer>/<name>/<uid>/`, for its owner's eyes alone."""

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
from lakekit.plugin.disk import sync
from lakekit_local.disk import refuse_bucket

MANIFEST = "manifest.json"
_WORKSPACES = "lanes"


class LocalLanding:
    """The Landing port. A manifest is written aside and renamed, so it is there whole or not at all."""

    def __init__(self, lake: str) -> None:
        refuse_bucket(lake, "the landing zone `local`")
        self._lake = Path(lake)

    def folder(self, dataset: Dataset, uid: str) -> Path:
        """`<lake>/landing/<layer>/<name>/<uid>`. Raises ValueError for a uid that is not one folder's name."""
        if not uid.isascii() or not uid.isalnum():
            raise ValueError("a uid is ASCII letters and digits")
        return self._lake / dataset.landing / uid

    def create(self, dataset: Dataset, uid: str) -> Path:
        """A fresh folder, and every folder above it within the landing zone, with mode 0700."""
        folder = self.folder(dataset, uid)
        with _told(folder):
            _remove(folder)
            self._lake.mkdir(parents=True, exist_ok=True)
            for path in self._down_to(folder):
                path.mkdir(mode=0o700, exist_ok=path != folder)
        return folder

    def part(self, dataset: Dataset, uid: str, part: Part) -> Path:
        """The landed file itself."""
        return self.folder(dataset, uid) / part.path

    def close(self) -> None:
        """Nothing is held."""

    def workspace(self, dataset: Dataset, uid: str, token: int) -> Path:
        """`lanes/<token>` within the attempt's folder."""
        return self.folder(dataset, uid) / _WORKSPACES / str(token)

    def discard_workspaces(self, dataset: Dataset, uid: str) -> None:
        """Nothing happens when there is none."""
        path = self.folder(dataset, uid) / _WORKSPACES
        with _told(path):
            _remove(path)

    def discard(self, dataset: Dataset, uid: str) -> None:
        """The manifest goes first: what is left when this is interrupted counts as never finished."""
        folder = self.folder(dataset, uid)
        with _told(folder):
            (folder / MANIFEST).unlink(missing_ok=True)
            _remove(folder)

    def seal(self, dataset: Dataset, uid: str, manifest: Manifest) -> None:
        """Parts first, then the manifest, then the folders' entries, each on the disk before the next.

        Raises StateError `landing.damaged` when a part is not as the manifest says.
        """
        folder = self.folder(dataset, uid)
        _check(folder, manifest, dataset)
        with _told(folder):
            for part in manifest.parts:
                (folder / part.path).chmod(0o600)
                sync(folder / part.path)
            aside = folder / f".{MANIFEST}"
            aside.touch(mode=0o600)
            aside.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
            sync(aside)
            aside.rename(folder / MANIFEST)
            for path in reversed((self._lake, *self._down_to(folder))):
                sync(path)

    def manifest(self, dataset: Dataset, uid: str) -> Manifest | None:
        """What `seal` wrote, held against the files that are there.

        Raises StateError: `landing.damaged` for a part that is not as it says, `landing.corrupt` for a manifest that
        nobody can have sealed.
        """
        folder = self.folder(dataset, uid)
        try:
            with _told(folder):
                manifest = _read(folder / MANIFEST)
        except (ValueError, TypeError, KeyError) as error:
            raise StateError(
                "landing.corrupt",
                f"a manifest of {dataset} cannot be read",
                where=str(folder / MANIFEST),
                why=type(error).__name__,
                next=f"remove {folder} to have the batch extracted again",
            ) from None
        if manifest is not None:
            _check(folder, manifest, dataset)
        return manifest

    def _down_to(self, folder: Path) -> tuple[Path, ...]:
        """The folders below the lake, outermost first, `folder` last."""
        above = [path for path in folder.parents if path != self._lake and path.is_relative_to(self._lake)]
        return (*reversed(above), folder)


def _read(file: Path) -> Manifest | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Manifest(tuple(Part(**part) for part in told["parts"]))


def _check(folder: Path, manifest: Manifest, dataset: Dataset) -> None:
    for part in manifest.parts:
        if not _intact(folder, part):
            raise StateError(
                "landing.damaged",
                f"a landed part of {dataset} is missing, changed, or outside its folder",
                where=str(folder / part.path),
                why="parts are never changed by lakekit; something else wrote there",
                next=f"remove {folder} to have the batch extracted again",
            )


def _intact(folder: Path, part: Part) -> bool:
    path = PurePosixPath(part.path)
    if path.is_absolute() or ".." in path.parts:
        return False
    try:
        inside = (folder / path).resolve().is_relative_to(folder.resolve())
        return inside and (folder / path).is_file() and (folder / path).stat().st_size == part.size
    except OSError:
        return False


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateError(
            "landing.unavailable",
            "the landing zone cannot be written or read",
            where=str(error.filename or path),
            why=error.strerror or type(error).__name__,
            next="check space and permissions there, and run again",
        ) from error
