"""The landing zone on a local disk: `<lake>/landing/<layer>/<name>/<uid>/`, for its owner's eyes alone."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from attrs import asdict

from lakekit.domain.errors import StateError
from lakekit.domain.landing import Manifest, Part
from lakekit.domain.names import Dataset

MANIFEST = "manifest.json"
_WORKSPACE = "lanes"


class LocalLanding:
    """The Landing port. A manifest is written aside and renamed, so it is there whole or not at all."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake

    def folder(self, dataset: Dataset, uid: str) -> Path:
        """`<lake>/landing/<layer>/<name>/<uid>`."""
        return self._lake / dataset.landing / uid

    def create(self, dataset: Dataset, uid: str) -> Path:
        """A fresh folder, and every folder above it within the landing zone, with mode 0700."""
        folder = self.folder(dataset, uid)
        shutil.rmtree(folder, ignore_errors=True)
        self._lake.mkdir(parents=True, exist_ok=True)
        for path in (*reversed(folder.relative_to(self._lake).parents), folder.relative_to(self._lake)):
            (self._lake / path).mkdir(mode=0o700, exist_ok=True)
        return folder

    def workspace(self, dataset: Dataset, uid: str) -> Path:
        """`lanes` within the attempt's folder."""
        self.discard_workspace(dataset, uid)
        return self.folder(dataset, uid) / _WORKSPACE

    def discard_workspace(self, dataset: Dataset, uid: str) -> None:
        """Nothing happens when it is not there."""
        shutil.rmtree(self.folder(dataset, uid) / _WORKSPACE, ignore_errors=True)

    def discard(self, dataset: Dataset, uid: str) -> None:
        """Nothing happens when it is not there."""
        shutil.rmtree(self.folder(dataset, uid), ignore_errors=True)

    def seal(self, dataset: Dataset, uid: str, manifest: Manifest) -> None:
        """Parts first, then the manifest, each on the disk before the next."""
        folder = self.folder(dataset, uid)
        for part in manifest.parts:
            _sync(folder / part.path)
        aside = folder / f".{MANIFEST}"
        aside.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        aside.chmod(0o600)
        _sync(aside)
        aside.rename(folder / MANIFEST)
        _sync(folder)

    def manifest(self, dataset: Dataset, uid: str) -> Manifest | None:
        """What `seal` wrote, held against the files that are there."""
        folder = self.folder(dataset, uid)
        try:
            told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        manifest = Manifest(tuple(Part(**part) for part in told["parts"]))
        for part in manifest.parts:
            path = folder / part.path
            inside = path.resolve().is_relative_to(folder.resolve())
            if not inside or not path.is_file() or path.stat().st_size != part.size:
                raise StateError(
                    "landing.damaged",
                    f"a landed part of {dataset} is missing or was changed",
                    where=str(path),
                    why="the landing zone is immutable; something else wrote into it",
                    next=f"remove {folder} to have the batch extracted again",
                )
        return manifest


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
