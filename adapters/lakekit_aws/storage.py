"""A lake in an S3 bucket, by obstore: multipart uploads, retries with back-off and conditional writes are its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakekit.domain.errors import ConfigError, StorageError
from lakekit.ports.storage import Found, ObjectConflict, Stat
from lakekit_aws.credentials import Chain
from lakekit_aws.failures import failure

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Credential, S3Store

RETRIES = 6
PATIENCE = timedelta(seconds=60)
"""For how long one request is tried again, waits included."""


def open_storage(lake: str) -> S3Storage:
    """The storage of `s3://bucket/prefix`; the endpoint is AWS's, or what AWS_ENDPOINT_URL says."""
    from lakekit.system.clock import SystemClock

    if not lake.startswith("s3://"):
        raise ConfigError("config.lake_not_bucket", "the storage `s3` needs a bucket", where=lake)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return S3Storage(lake.rstrip("/"), endpoint, Chain(SystemClock(), lake))


class S3Storage:
    """The ObjectStorage port. A mark is an ETag: writers make contents that differ, so that no two share one."""

    def __init__(self, lake: str, endpoint: str | None, chain: Chain) -> None:
        self._lake = lake
        self._endpoint = endpoint
        self._chain = chain
        self._refused: list[StorageError] = []
        self._store = _open(lake, endpoint, chain.region, self._credential)

    def address(self, key: str) -> str:
        return f"{self._lake}/{key}".rstrip("/")

    def options(self) -> Mapping[str, str]:
        found = self._chain()
        named = {
            "AWS_REGION": self._chain.region,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_ALLOW_HTTP": "true" if _is_plain(self._endpoint) else None,
            "AWS_ACCESS_KEY_ID": found["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": found["secret_access_key"],
            "AWS_SESSION_TOKEN": found["token"],
        }
        return {name: value for name, value in named.items() if value}

    def explain(self, error: BaseException) -> StorageError | None:
        return failure(error, self._lake)

    def prepare(self, prefix: str) -> None:
        """Nothing: a bucket has no folders, and its policy says who may read what."""

    def stat(self, key: str) -> Stat | None:
        import obstore

        with self._told(key):
            try:
                return _stat(obstore.head(self._store, key))
            except FileNotFoundError as error:
                _refuse_no_bucket(error)
                return None

    def read(self, key: str) -> Found | None:
        import obstore

        with self._told(key):
            try:
                found = obstore.get(self._store, key)
                return Found(bytes(found.bytes()), str(found.meta["e_tag"]))
            except FileNotFoundError as error:
                _refuse_no_bucket(error)
                return None

    def read_range(self, key: str, start: int, end: int) -> bytes:
        import obstore

        with self._told(key):
            return bytes(obstore.get_range(self._store, key, start=start, end=end))

    def list(self, prefix: str) -> Mapping[str, Stat]:
        import obstore

        with self._told(prefix):
            objects = (found for some in obstore.list(self._store, prefix or None) for found in some)
            return {found["path"]: _stat(found) for found in sorted(objects, key=lambda found: found["path"])}

    def write(self, key: str, data: bytes, expected: str | None) -> str:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        mode: Any = "create" if expected is None else {"e_tag": expected}
        with self._told(key):
            try:
                # A conditional write is one request, whatever its size.
                return str(obstore.put(self._store, key, data, mode=mode, use_multipart=False)["e_tag"])
            except (AlreadyExistsError, PreconditionError):
                raise ObjectConflict(key) from None
            except FileNotFoundError as error:
                _refuse_no_bucket(error)
                raise ObjectConflict(key) from None  # there is nothing left to replace

    def take(self, files: Mapping[str, Path]) -> None:
        """Copied, in several parts where it is large."""
        import obstore

        for key, file in files.items():
            with self._told(key):
                obstore.put(self._store, key, file)

    def download(self, key: str, file: Path) -> None:
        import obstore

        with self._told(key), file.open("wb") as local:
            for chunk in obstore.get(self._store, key).stream():
                local.write(chunk)

    def sync(self, key: str) -> None:
        """Nothing: what S3 has confirmed is durable."""

    def delete(self, key: str) -> None:
        import obstore

        with self._told(key):
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError as error:
                _refuse_no_bucket(error)

    def delete_all(self, prefix: str) -> None:
        for key in self.list(prefix):
            self.delete(key)

    def _credential(self) -> S3Credential:
        """What obstore asks for; it would tell a failure in words of its own."""
        try:
            return self._chain()
        except StorageError as error:
            self._refused.append(error)
            raise

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        from obstore.exceptions import BaseError

        self._refused.clear()
        try:
            yield
        except (BaseError, FileNotFoundError, OSError) as error:
            where = self.address(key)
            told = self._refused[-1] if self._refused else failure(error, where)
            raise told or _unexpected(error, where) from None


def _unexpected(error: BaseException, where: str) -> StorageError:
    what = "the bucket's server gave an unexpected answer"
    return StorageError("storage.failed", what, where=where, why=type(error).__name__, next="run again")


def _open(lake: str, endpoint: str | None, region: str, credential: Callable[[], S3Credential]) -> S3Store:
    from obstore.store import S3Store

    bucket, _, prefix = lake.removeprefix("s3://").partition("/")
    config: S3Config = {"endpoint": endpoint} if endpoint else {}
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        region=region,
        client_options={"allow_http": _is_plain(endpoint)},
        retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
        credential_provider=credential,
    )


def _is_plain(endpoint: str | None) -> bool:
    """Whether requests go without TLS: only where somebody has named such an endpoint."""
    return endpoint is not None and endpoint.startswith("http://")


def _stat(found: Mapping[str, Any]) -> Stat:
    return Stat(found["size"], int(found["last_modified"].timestamp() * 1000), str(found["e_tag"]))


def _refuse_no_bucket(error: FileNotFoundError) -> None:
    """An object that is not there is an answer, a bucket that is not there is none."""
    if "NoSuchBucket" in str(error):
        raise error
