"""Local files as adapters need them: private, durable, or gone when their process is."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from pathlib import Path


def open_private(path: Path) -> int:
    """A descriptor that appends to `path`; the file and its missing folders are made for their owner alone.

    What exists keeps its permissions. Raises OSError.
    """
    _make_private(path.parent)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _make_private(folder: Path) -> None:
    for path in reversed((folder, *folder.parents)):
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)


def sync(path: Path) -> None:
    """Return once the file's content, or the folder's list, would survive a loss of power. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place_of_this_user() -> Path:
    """A place for `Scratch` among the temporary files of this machine, which others use too: what ends in `.lock`
    there, and the folder of that name, may be anybody's. Raises OSError where another user has taken the place."""
    place = Path(tempfile.gettempdir()) / f"lakekit-{os.getuid()}"
    _make_private(place)
    if place.lstat().st_uid != os.getuid():
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(place))
    return place


class Scratch:
    """A private folder for temporary files, `folder`, within `place`.

    It goes when it is closed; after a kill it goes when the next process makes one in the same place, which knows by a
    file's lock that nobody uses it any more. Raises OSError.
    """

    def __init__(self, place: Path) -> None:
        lock, self._handle = _locked(place)
        _sweep(place)
        self._lock = lock
        self.folder = lock.with_suffix("")
        self.folder.mkdir(mode=0o700)

    def close(self) -> None:
        """Remove the folder. Nothing happens the second time."""
        if self._handle >= 0:
            _remove(self._lock)
            os.close(self._handle)
            self._handle = -1


_LOCK = ".lock"


def _locked(place: Path) -> tuple[Path, int]:
    """A new file, locked by this process. Another may have swept it away between its making and its locking."""
    _make_private(place)
    while True:
        handle, lock = tempfile.mkstemp(suffix=_LOCK, dir=place)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if Path(lock).exists():
            return Path(lock), handle
        os.close(handle)


def _sweep(place: Path) -> None:
    """Remove the folders whose processes have ended."""
    for lock in place.glob(f"*{_LOCK}"):
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(lock)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)


def _remove(lock: Path) -> None:
    """The folder first: while its lock's file is there, somebody will come back for it."""
    shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
    lock.unlink(missing_ok=True)
