"""What a local adapter may write to: a disk of this host."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lakekit.domain.errors import ConfigError

MOUNTS = Path("/proc/mounts")

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs"}
)
_FUSE = frozenset(
    {"sshfs", "s3fs", "gcsfuse", "rclone", "goofys", "glusterfs", "ceph", "ceph-fuse", "blobfuse2", "mount-s3"}
)


def refuse_bucket(lake: str, what: str) -> None:
    """Raises ConfigError `config.lake_not_local` when the lake is no folder of this host."""
    if "://" in lake:
        raise ConfigError(
            "config.lake_not_local",
            f"{what} works in a local folder, and the lake is none",
            where=lake,
            next="set `lake` to a folder",
        )


def refuse_shared(lake: str, mounts: Path = MOUNTS) -> None:
    """Raises ConfigError `state.not_shared` when other hosts may see the lake: locks of files hold on one host alone,
    so that two runs could both win. Where there is no list of mounts, any folder passes."""
    kind = "a bucket" if "://" in lake else _network_mount(lake, mounts)
    if kind:
        raise ConfigError(
            "state.not_shared",
            f"the sqlite state store cannot serve {kind}",
            where=lake,
            why="it is safe for the processes of one host on a local disk",
            next="put the lake on a local disk",
        )


def _network_mount(lake: str, mounts: Path) -> str:
    try:
        told = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    path, best, kind = Path(os.path.realpath(lake)), -1, ""
    for line in told.splitlines():
        _, at, type_, *_ = line.split(" ")
        folder = Path(_unescaped(at))
        # The last of several mounts on one folder hides the others.
        if path.is_relative_to(folder) and len(folder.parts) >= best:
            best, kind = len(folder.parts), type_
    network = kind in _NETWORK or (kind.startswith("fuse.") and kind.removeprefix("fuse.") in _FUSE)
    return f"a network mount ({kind})" if network else ""


def _unescaped(text: str) -> str:
    """Blanks and the like are written as a backslash and three octal digits (proc_mounts, getmntent(3))."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)
