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

_LACKING = ("S3AFileSystem not found", 'No FileSystem for scheme "s3a"', "org/apache/hadoop/fs/s3a", "software/amazon/")
_OF_S3 = ("Service: S3", "awssdk", "fs.s3a")


class Lake:
    """A folder, unless there is a storage."""

    def __init__(self, storage: ObjectStorage | None = None, ids: Ids | None = None) -> None:
        self._storage = storage
        self._ids = ids
        self.files = Files(storage) if storage else LOCAL

    def settings(self) -> dict[str, str] | None:
        """Of a session that reaches the bucket; None for a folder."""
        return None if self._storage is None else session_settings(self._storage)

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


def lake_of(context: Context) -> Lake:
    """The lake of a project. Raises UnsupportedCapability for one that Spark is not shown the way to."""
    from lakekit.system.ids import SystemIds

    if context.lake_kind == "local":
        return Lake()
    if context.lake_kind != "s3" or context.storage is None:
        # Found out here and not at the first query, when a batch is under way.
        raise UnsupportedCapability(
            "engine.lake_not_s3",
            "Spark reads lakes in folders and in S3 buckets only",
            where=context.lake,
            next="set `engine` to embedded",
        )
    return Lake(context.storage, SystemIds())
