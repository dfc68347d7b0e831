"""What these adapters may write to: a bucket."""

from __future__ import annotations

from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Context
from lakekit.ports.storage import ObjectStorage


def bucket(context: Context, what: str) -> ObjectStorage:
    """The lake's storage. Raises ConfigError `config.lake_not_bucket` when it is none that several hosts share."""
    if context.storage is None or not context.lake.startswith("s3://"):
        raise ConfigError(
            "config.lake_not_bucket",
            f"{what} works in a bucket, and the lake is none",
            where=context.lake,
            next="set `lake` to s3://bucket/prefix, or leave the adapter to lakekit",
        )
    return context.storage
