"""A project whose files lie in a bucket makes the tables of the same project in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from deltalake import DeltaTable, QueryBuilder

from lakekit.cli.main import run
from lakekit_aws.storage import open_storage
from tests.servers import Server, moto

NUMBERS = count()
SETTINGS = """\
lake: ./lake
sources:
  orders:
    path: data/*.csv
    load_type: incremental
metrics: jsonl
"""
CONTRACT = """\
{"name": "orders", "columns": [{"name": "id", "type": "long", "required": true}, {"name": "what", "type": "string"}]}
"""
FILES = {
    "config/dev.yaml": SETTINGS,
    "config/schema_definitions/orders.schema.json": CONTRACT,
    "data/1.csv": "id,what\n1,a\nx,b\n",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with moto() as server:
        yield server


@pytest.fixture
def project(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a project in a bucket; the current folder is another, and stays empty."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    url = f"{server.bucket(f'bucket-{next(NUMBERS)}')}/shop"
    put(url, tmp_path, **FILES)
    return url


def put(url: str, folder: Path, **files: str) -> None:
    for key, content in files.items():
        file = folder / "content"
        file.write_text(content)
        open_storage(url).take({key: file})


def rows(url: str, table: str) -> list[tuple[object, ...]]:
    """By delta-rs, from the bucket."""
    told = {**os.environ, "AWS_ALLOW_HTTP": "true"}
    options = {name: value for name, value in told.items() if name.startswith("AWS_")}
    query = QueryBuilder().register("t", DeltaTable(f"{url}/lake/{table}", storage_options=options))
    read = query.execute("SELECT id, what, _source FROM t").read_all()
    return sorted(zip(*(column.to_pylist() for column in read.columns), strict=True))


def test_a_project_in_a_bucket_is_ingested_into_it_and_new_files_are_found(project: str, tmp_path: Path) -> None:
    assert run(["--project-dir", project, "ingest"]) == 0
    assert rows(project, "bronze/orders") == [(1, "a", "data/1.csv")]
    put(project, tmp_path, **{"data/2.csv": "id,what\n2,c\n"})
    assert run(["--project-dir", project, "ingest"]) == 0
    assert run(["--project-dir", f"{project}/", "ingest"]) == 0
    assert rows(project, "bronze/orders") == [(1, "a", "data/1.csv"), (2, "c", "data/2.csv")]
    assert list(Path().iterdir()) == []


def test_a_file_rewritten_within_a_second_and_a_size_is_not_taken_for_the_old_one(project: str, tmp_path: Path) -> None:
    assert run(["--project-dir", project, "ingest"]) == 0
    put(project, tmp_path, **{"data/1.csv": "id,what\n3,a\nx,b\n"})
    assert run(["--project-dir", project, "ingest"]) == 0
    assert rows(project, "bronze/orders") == [(1, "a", "data/1.csv"), (3, "a", "data/1.csv")]


def test_a_project_in_a_folder_reads_files_of_a_bucket_by_their_url(project: str, tmp_path: Path) -> None:
    for key, content in FILES.items():
        (tmp_path / "local" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "local" / key).write_text(content)
    settings = SETTINGS.replace("data/*.csv", f"{project}/data/*.csv").replace("./lake", f"{project}/lake")
    (tmp_path / "local" / "config" / "dev.yaml").write_text(settings)
    assert run(["--project-dir", str(tmp_path / "local"), "ingest"]) == 0
    assert rows(project, "bronze/orders") == [(1, "a", f"{project}/data/1.csv")]


def test_logs_and_metrics_of_such_a_project_have_a_private_folder_of_their_own(project: str, tmp_path: Path) -> None:
    assert run(["--project-dir", project, "ingest"]) == 0
    (home,) = (tmp_path / "state" / "lakekit").iterdir()
    assert (home / ".lakekit" / "logs" / "lakekit.jsonl").is_file()
    assert (home / ".lakekit").stat().st_mode & 0o077 == 0
    assert not (home / "config").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"config/dev.yaml": "lake: ../lake\nsources: {}\n"}, "config/dev.yaml:1:7"),
        ({"config/dev.yaml": SETTINGS.replace("load_type", "lod_type")}, "config/dev.yaml:5:5"),
        ({"config/dev.yaml": "#" * 1_100_000}, "config.too_large"),
        ({"config/schema_definitions/orders.schema.json": "{"}, "orders.schema.json:1"),
    ],
)
def test_a_mistake_in_its_files_is_told_as_in_a_folder(
    project: str, tmp_path: Path, change: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(project, tmp_path, **change)
    assert run(["--project-dir", project, "ingest"]) == 2
    assert told in capsys.readouterr().err


def test_what_is_no_project_is_told_by_its_url(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project-dir", f"{project}/data", "status"]) == 2
    assert f"{project}/data" in capsys.readouterr().err
    assert run(["--project-dir", "s3://no-such-bucket-here/shop", "status"]) == 1
    assert "storage.no_bucket" in capsys.readouterr().err
    assert run(["--project-dir", "s3://Not A Bucket", "status"]) == 2
    assert "s3://bucket/prefix" in capsys.readouterr().err
