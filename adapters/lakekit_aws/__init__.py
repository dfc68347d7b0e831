"""A lake in an S3 bucket: storage, landing zone and state store, over obstore and the usual AWS credential chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit_aws.landing import BucketLanding
    from lakekit_aws.state_store import BucketStateStore
    from lakekit_aws.storage import S3Storage


@hookimpl
def lakekit_providers() -> Iterable[Provider]:
    """Storage, landing and state store `s3`."""
    drivers = ("obstore", "botocore", "fsspec")
    return (
        Provider(Port.STORAGE, "s3", _storage, drivers, "aws"),
        Provider(Port.LANDING, "s3", _landing),
        Provider(Port.STATE_STORE, "s3", _state_store),
    )


def _storage(context: Context) -> S3Storage:
    from lakekit_aws.storage import open_storage

    return open_storage(context.lake)


def _landing(context: Context) -> BucketLanding:
    from lakekit.system.ids import SystemIds
    from lakekit_aws.bucket import bucket
    from lakekit_aws.landing import BucketLanding

    return BucketLanding(bucket(context, "the landing zone `s3`"), context.private / "landing", SystemIds())


def _state_store(context: Context) -> BucketStateStore:
    from lakekit.system.ids import SystemIds
    from lakekit_aws.bucket import bucket
    from lakekit_aws.state_store import BucketStateStore

    return BucketStateStore(bucket(context, "the state store `s3`"), SystemIds())
