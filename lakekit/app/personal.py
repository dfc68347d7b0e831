"""Personal values for people's eyes: as hashes that are equal where the values are."""

from __future__ import annotations

import hashlib
import hmac

from lakekit.app.tools import Tools
from lakekit.ports.state_store import WriteConflict

_KEY = "key/personal"


def hashed(value: str, key: bytes) -> str:
    """The same value gives the same text in one lake, and tells nobody else anything."""
    return "hmac:" + hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:12]


def personal_key(tools: Tools) -> bytes:
    """The lake's key, made at first use."""
    entry = tools.state.read(_KEY)
    if entry is None:
        made = tools.ids.new() + tools.ids.new()
        try:
            tools.state.write(_KEY, made, None)
        except WriteConflict:
            return personal_key(tools)
        return made.encode()
    return entry.text.encode()
