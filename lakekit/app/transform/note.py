"""A build as the text that its commit carries."""

from __future__ import annotations

import json
from typing import Any

from lakekit.app.codec import decode, encode
from lakekit.domain.build import Build

MARK = "lakekit.build"
"""The key by which a build's note is known among the notes of others."""


def encode_build(build: Build) -> str:
    """One line of JSON."""
    return json.dumps({MARK: json.loads(encode(build))}, separators=(",", ":"))


def decode_build(text: str | None) -> Build | None:
    """The build, or None where the text is no note of one. Raises StateError for one that cannot be read."""
    if not text or f'"{MARK}"' not in text:
        return None
    try:
        told: Any = json.loads(text)
    except ValueError:
        return None
    return decode(json.dumps(told[MARK]), Build) if isinstance(told, dict) and MARK in told else None
