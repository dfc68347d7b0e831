"""The S3 server on which adapters of buckets are held to their ports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Server, moto, versitygw


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """versitygw where LAKEKIT_VERSITYGW names the program; otherwise moto, for all but races."""
    program = os.environ.get("LAKEKIT_VERSITYGW")
    folder = tmp_path_factory.mktemp("versitygw")
    with versitygw(program, folder) if program else moto() as server:
        yield server


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
