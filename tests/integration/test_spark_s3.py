"""Two lines of the settings move a project to Spark and into a bucket, and its tables are the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lakekit.demo.files import deliver
from lakekit.demo.retail import retail
from lakekit.demo.scaffold import DATA
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine
from tests.integration.test_spark import DATASETS, SEED, SIZES, begun
from tests.servers import SECRET_KEY, Server
from tests.spark import ON_S3
from tests.tables import Content, content

pytestmark = [*ON_S3, pytest.mark.timeout(1200)]
KINDS = ("local", "standalone", "connect")
TABLES = [place.format(dataset) for dataset in DATASETS for place in ("bronze/{}", "_errors/bronze/{}")]

Tables = Mapping[str, Content]


def ingest(root: Path) -> str:
    """A run in a process of its own, whose Java starts in this environment; what it wrote anywhere."""
    command = [sys.executable, "-m", "lakekit", "--project-dir", str(root), "ingest"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    logs = "".join(file.read_text() for file in (root / ".lakekit").rglob("*.jsonl"))
    return done.stdout + done.stderr + logs


def tables(root: Path, lake: str, options: Mapping[str, str], embedded: Engine) -> Tables:
    """Two days of the reference project's data, ingested on whichever engine and lake; the tables."""
    if lake:
        settings = root / "config" / "dev.yaml"
        lines = settings.read_text().splitlines(keepends=True)
        settings.write_text("".join(f"lake: {lake}\n" if line.startswith("lake:") else line for line in lines))
    for day in retail(SEED, SIZES):
        for delivery in day.deliveries:
            deliver(delivery, root / DATA, embedded)
        assert SECRET_KEY not in ingest(root)
    place = lake or str(root / "lake")
    return {table: content(f"{place}/{table}", options=options) for table in TABLES}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """What makes the data."""
    root = tmp_path_factory.mktemp("engine")
    made: Engine = load_plugins().make(Port.ENGINE, "duckdb", Context(root, str(root), root / "private"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def on_disk(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tables(begun(tmp_path_factory.mktemp("disk"), "embedded"), "", {}, embedded)


@pytest.fixture(scope="module")
def in_bucket(
    embedded: Engine, s3_server: Server, s3_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Tables:
    """By the embedded engine."""
    root = begun(tmp_path_factory.mktemp("bucket"), "embedded")
    return tables(root, s3_server.bucket("embedded"), options(s3_server), embedded)


def options(server: Server) -> dict[str, str]:
    return {**server.environment, "AWS_ALLOW_HTTP": "true"}


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_equal_row_by_row(
    kind: str,
    sparks_on_s3: Mapping[str, Mapping[str, object]],
    s3_server: Server,
    embedded: Engine,
    on_disk: Tables,
    in_bucket: Tables,
    tmp_path: Path,
) -> None:
    line = json.dumps({"name": "spark", **sparks_on_s3[kind]})  # which is YAML
    spark = tables(begun(tmp_path, line), s3_server.bucket(f"spark-{kind}"), options(s3_server), embedded)
    for table in TABLES:
        assert on_disk[table].rows
        assert spark[table] == in_bucket[table] == on_disk[table], table
