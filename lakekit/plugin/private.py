"""Files for the eyes of their owner alone: logs, metrics, lineage."""

from __future__ import annotations

import os
from pathlib import Path


def open_private(path: Path) -> int:
    """A descriptor that appends to `path`; the file and its missing folders are made for their owner alone.

    What exists keeps its permissions. Raises OSError.
    """
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
