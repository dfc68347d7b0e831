"""Contracts and quarantine for any DataFrame of PySpark: classic, behind Spark Connect, and on Sail."""

from __future__ import annotations

from lakekit_spark.library.align import Aligned, Books, align_to_schema
from lakekit_spark.library.quarantine import Quarantined, write_quarantine

__all__ = ["Aligned", "Books", "Quarantined", "align_to_schema", "write_quarantine"]
