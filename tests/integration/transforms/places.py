"""Where transforms can run and their tables lie, beside the embedded engine and a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import TypeVar

import pytest
from attrs import field, frozen

from tests.integration.test_spark import options
from tests.sail import SAIL
from tests.servers import Server
from tests.spark import CONNECT, LOCAL, ON_S3, STANDALONE

Step = TypeVar("Step")

BUCKET = " in a bucket"
PLACES = (
    pytest.param("local", marks=LOCAL),
    pytest.param("standalone", marks=STANDALONE),
    pytest.param("connect", marks=CONNECT),
    pytest.param(f"sail{BUCKET}", marks=SAIL),
    *(pytest.param(f"{kind}{BUCKET}", marks=ON_S3) for kind in ("local", "standalone", "connect")),
)
"""Kinds of Spark, and Sail."""
OF_ONE_PROCESS = tuple(told for told in PLACES if not str(told.values[0]).startswith("standalone"))
"""A job on a master takes seconds, as its parts are sent to another process. That this changes no row, transforms on it
show; dimensions need a hundred jobs."""

MANY = 3

_NAMES = count()


@frozen
class Place:
    """The options of an engine. A lake that is in a bucket has an address, and `reach` leads there. Where a build takes
    long, one follows on several steps."""

    engine: Mapping[str, object]
    address: str | None = None
    reach: Mapping[str, str] = field(factory=dict)
    at_once: int = 1

    def course(self, steps: Sequence[Step]) -> list[Sequence[Step]]:
        """What happens before each build."""
        return [steps[i : i + self.at_once] for i in range(0, len(steps), self.at_once)]


def place(name: str, request: pytest.FixtureRequest) -> Place:
    """The place of PLACES, with a lake of its own."""
    kind, in_bucket, _ = name.partition(BUCKET)
    if not in_bucket:
        return Place(options(kind, request), at_once=1 if kind == "local" else MANY)
    request.getfixturevalue("s3_environment")
    server: Server = request.getfixturevalue("s3_server")
    engine = {"name": "embedded"} if kind == "sail" else {"name": "spark", **_on_s3(kind, request)}
    reach = {**server.environment, "AWS_ALLOW_HTTP": "true"}
    return Place(engine, server.bucket(f"transforms-{next(_NAMES)}"), reach, MANY)


def _on_s3(kind: str, request: pytest.FixtureRequest) -> Mapping[str, object]:
    told: Mapping[str, Mapping[str, object]] = request.getfixturevalue("sparks_on_s3")
    return told[kind]
