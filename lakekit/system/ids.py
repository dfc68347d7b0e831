"""Identifiers that sort by the time of their making."""

from __future__ import annotations

import os
import time


class SystemIds:
    """The Ids of real runs: UUIDs of version 7 (RFC 9562, section 5.7)."""

    def new(self) -> str:
        """A new identifier: 48 bits of milliseconds, then version, variant and 74 random bits."""
        milliseconds = time.time_ns() // 1_000_000
        random = int.from_bytes(os.urandom(10), "big")
        value = (milliseconds << 80) | random
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        return f"{value:032x}"
