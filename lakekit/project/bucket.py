"""What a project in a bucket has on this host."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from lakekit.project.loading import FOLDER, ROOT_FILE
from lakekit.project.transforms.discovery import FOLDER as TRANSFORMS

NAMES, ENDINGS = (ROOT_FILE, FOLDER, TRANSFORMS), (".yaml", ".json", ".sql", ".py")
"""The project's own files: these, and those below them that end so."""


def home(address: str, env: Mapping[str, str]) -> Path:
    """The folder for the logs and other local files of a project in a bucket, below `$XDG_STATE_HOME`.

    Source: XDG Base Directory Specification. The digest keeps apart projects whose names are alike as a folder's.
    """
    state = Path(env.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    return state / "lakekit" / f"{re.sub('[^A-Za-z0-9.-]+', '-', address.removeprefix('s3://'))}-{digest}"
