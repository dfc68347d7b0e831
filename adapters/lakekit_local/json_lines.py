"""JSON lines in a private file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from lakekit.plugin.disk import open_private


def append(path: Path, document: Mapping[str, object]) -> None:
    """Add one line, in one write, so that processes may share the file. Raises OSError."""
    descriptor = open_private(path)
    try:
        os.write(descriptor, json.dumps(document).encode() + b"\n")
    finally:
        os.close(descriptor)
