"""The lake as Spark's adapters see it: a folder that all share, or a bucket."""

from __future__ import annotations

from lakekit.domain.errors import EngineError, LakekitError, UnsupportedCapability
from lakekit.plugin.provider import Context
from lakekit.ports.clock import Ids
from lakekit.ports.storage import ObjectStorage
from lakekit_spark.bucket import PACKAGE, session_settings
from lakekit_spark.fence import told_texts
from lakekit_spark.files import LOCAL, Files
from lakekit_spark.mirror import Mirror
from lakekit_spark.place import Place

_OF_SAIL = (
    *(
        "Generic S3 error",
        "Server returned non-2xx status code",
        "no credentials found in chain",
        "operation timed out",
    ),
    *("Connection refused (os error", "Connection reset by peer (os error", "failed to lookup address information"),
)
"""What Sail tells of a failure is the innermost cause alone."""
_LACKING = ("S3AFileSystem not found", 'No FileSystem for scheme "s3a"', "org/apache/hadoop/fs/s3a", "software/amazon/")
_OF_S3 = ("Service: S3", "awssdk", "fs.s3a", *_OF_SAIL)
_WHERE = ("AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ALLOW_HTTP")


class Lake:
    """A folder, unless there is a storage."""

    def __init__(self, storage: ObjectStorage | None = None, ids: Ids | None = None) -> None:
        self._storage = storage
        self._ids = ids
        self.files = Files(storage) if storage else LOCAL

    def settings(self) -> dict[str, str] | None:
        """Of a session that reaches the bucket; None for a folder."""
        return None if self._storage is None else session_settings(self._storage)

    def environment(self) -> dict[str, str]:
        """Of a process that reads the lake by itself: where the bucket is, and no credentials, as it finds its own."""
        told = self._storage.options() if self._storage else {}
        return {name: told[name] for name in _WHERE if name in told}

    def place(self, *, local: bool) -> Place:
        """Where a Spark finds files; `local` is whether it works on this machine."""
        if local or self._storage is None or self._ids is None:
            return Place(self.files)
        return Mirror(self._storage, self._ids)

    def explain(self, error: Exception) -> LakekitError | None:
        """The failure of the bucket that Spark met, if it is one."""
        told = told_texts(error)
        if self._storage is None or not any(word in told for word in _OF_S3):
            return None
        if any(word in told for word in _LACKING):
            return EngineError(
                "engine.no_s3a",
                "Spark has no file system for buckets",
                why="the class of `s3a` is not on its class path",
                next=f"give it {PACKAGE} and what that needs: `spark.jars` under `conf`, or its folder `jars`",
            )
        return self._storage.explain(RuntimeError(told))


def lake_of(context: Context, reader: str) -> Lake:
    """The lake of a project. Raises UnsupportedCapability for one that `reader` is not shown the way to."""
    from lakekit.system.ids import SystemIds

    if context.lake_kind == "local":
        return Lake()
    if context.lake_kind != "s3" or context.storage is None:
        # Found out here and not at the first query, when a batch is under way.
        raise UnsupportedCapability(
            "engine.lake_not_s3",
            f"{reader} reads lakes in folders and in S3 buckets only",
            where=context.lake,
            next="set `lake` to a folder, or to s3://bucket/prefix",
        )
    return Lake(context.storage, SystemIds())
