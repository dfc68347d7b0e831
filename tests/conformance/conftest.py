"""Lakes in buckets, on which adapters of buckets are held to their ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import Server


@pytest.fixture(scope="session")
def s3_bucket(s3_server: Server) -> str:
    """The address of a lake in a bucket, of which each test takes a part."""
    return s3_server.bucket("conformance")


@pytest.fixture
def s3_lakes(s3_server: Server, s3_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An address below which this test's lakes lie; the environment leads there."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return f"{s3_bucket}/{tmp_path.name}"
