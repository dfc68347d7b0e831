"""Identifiers that sort by the time of their making."""

from __future__ import annotations

import os
import threading
import time

_RANDOM_BITS = 74


class SystemIds:
    """The Ids of real runs: UUIDs of version 7 (RFC 9562, section 5.7, its bits after the time counting up)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """A new identifier: 48 bits of milliseconds, version and variant, and 74 bits that are random, or, in the same
        millisecond and when the clock was set back, one more than the last."""
        milliseconds = time.time_ns() // 1_000_000
        random = int.from_bytes(os.urandom(10), "big") >> (80 - _RANDOM_BITS)
        with self._lock:
            drawn = (milliseconds << _RANDOM_BITS) | random
            self._last = drawn if drawn >> _RANDOM_BITS > self._last >> _RANDOM_BITS else self._last + 1
            return _uuid7(self._last)


def _uuid7(value: int) -> str:
    """122 bits with version and variant put in between: 48, then `7` and 12, then `10` and 62."""
    time_, middle, low = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
    return f"{time_ << 80 | 0x7 << 76 | middle << 64 | 0x2 << 62 | low:032x}"
