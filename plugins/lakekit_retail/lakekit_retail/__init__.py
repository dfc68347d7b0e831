"""The transforms `retail`: silver and gold tables over the bronze of a retail business."""

from __future__ import annotations

from pathlib import Path

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import TransformPackage


@hookimpl
def lakekit_transforms() -> list[TransformPackage]:
    """Called at each start of lakekit: it names a folder, and reads nothing."""
    return [TransformPackage("retail", Path(__file__).parent)]
