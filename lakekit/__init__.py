"""lakekit: sources into bronze, silver and gold Delta tables, exactly once and every row accounted for."""

from __future__ import annotations

__version__ = "0.1.0"
