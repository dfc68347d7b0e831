"""Which files a path names, and what of them is remembered."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import pytest

from lakekit.domain.batch import Mode
from lakekit.domain.contract import Contract
from lakekit.domain.errors import ConfigError, SourceError
from lakekit_files.options import read_options
from lakekit_files.origin import Disk
from lakekit_files.source import FileSource
from tests.unit.files.conftest import Land

FILES = (
    "a.csv",
    "b.CSV",
    "c.parquet",
    "d.csv.gz",
    "e.csv.zip",
    "notes.txt",
    ".hidden.csv",
    "sub/f.csv",
    "sub/deep/g.csv",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "pro[ject] *"
    for name in FILES:
        file = root / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a,b\n1,2\n")
    return root


def source(root: Path, path: str, **options: object) -> FileSource:
    return FileSource(Disk(root), read_options({"path": path, **options}))


def found(root: Path, path: str, **options: object) -> list[str]:
    bounds = source(root, path, **options).bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    return [mark.path.removeprefix("data/") for mark in bounds.files]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("data/a.csv", ["a.csv"]),
        ("data", ["a.csv", "b.CSV", "c.parquet", "d.csv.gz", "e.csv.zip"]),
        ("data/", ["a.csv", "b.CSV", "c.parquet", "d.csv.gz", "e.csv.zip"]),
        ("data/*.csv", ["a.csv"]),
        ("data/**/*.csv", ["a.csv", "sub/deep/g.csv", "sub/f.csv"]),
        ("data/[ab].*", ["a.csv", "b.CSV"]),
        ("./data/../data/a.csv", ["a.csv"]),
    ],
)
def test_a_path_is_a_file_a_folder_or_a_pattern(project: Path, path: str, names: list[str]) -> None:
    assert found(project, path) == names


def test_a_given_format_takes_every_visible_file_of_a_folder(project: Path) -> None:
    assert "notes.txt" in found(project, "data", format="csv")
    assert ".hidden.csv" not in found(project, "data", format="csv")


def test_a_file_whose_name_is_a_pattern_is_that_file(project: Path) -> None:
    (project / "data" / "[ab].csv").write_text("a\n")
    assert found(project, "data/[ab].csv") == ["[ab].csv"]


def test_an_absolute_path_inside_the_project_is_remembered_relative_to_it(project: Path) -> None:
    assert found(project, str(project / "data" / "a.csv")) == ["a.csv"]


def test_a_file_outside_the_project_is_remembered_by_its_absolute_path(project: Path, tmp_path: Path) -> None:
    (tmp_path / "else.csv").write_text("a\n")
    assert found(project, "../else.csv") == [str(tmp_path / "else.csv")]
    assert found(project, str(tmp_path / "el*.csv")) == [str(tmp_path / "else.csv")]


def test_size_and_time_of_modification_are_remembered(project: Path) -> None:
    os.utime(project / "data" / "a.csv", ns=(0, 1_700_000_000_123_456_789))
    bounds = source(project, "data/a.csv").bounds(Mode.FILES, None, None, frozenset())
    assert bounds is not None
    assert [(mark.size, mark.modified_ns) for mark in bounds.files] == [(8, 1_700_000_000_123_456_789)]


@pytest.mark.parametrize("path", ["data/none.csv", "data/*.json", "nowhere", "nowhere/*.csv"])
@pytest.mark.parametrize("mode", list(Mode))
def test_no_file_at_all_is_an_error_in_every_mode(project: Path, path: str, mode: Mode) -> None:
    with pytest.raises(SourceError) as caught:
        source(project, path).bounds(mode, None, None, frozenset())
    assert caught.value.code == "source.no_files"


def test_a_name_that_tells_no_format_is_an_error_that_says_what_to_set(land: Land) -> None:
    with pytest.raises(SourceError) as caught:
        land(b"a\n1\n", "data.txt")
    assert caught.value.code == "source.unknown_format"
    assert land(b"a\n1\n", "data.txt", format="csv").rows == [("1",)]


def test_a_file_that_is_gone_by_the_time_of_reading_is_an_error(project: Path, tmp_path: Path) -> None:
    files = source(project, "data/a.csv")
    bounds = files.bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    (project / "data" / "a.csv").unlink()
    (tmp_path / "landing").mkdir()
    with pytest.raises(SourceError) as caught:
        files.extract(Contract("x", ()), None, bounds, tmp_path / "landing")
    assert caught.value.code == "source.file_changed"
    assert list((tmp_path / "landing").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("data.csv.gz", gzip.compress(b"a\n1\n" * 1000, mtime=0)[:-20]),
        ("data.csv.gz", b"a\n1\n"),
        ("data.csv.zip", b"a\n1\n"),
        ("data.csv.zip", b"PK\x03\x04" + b"\0" * 60),
    ],
)
def test_a_damaged_archive_is_an_error(land: Land, name: str, data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        land(data, name)
    assert caught.value.code == "source.corrupt"


@pytest.mark.parametrize("members", [(), ("a.csv", "b.csv")])
def test_an_archive_of_no_file_or_several_is_an_error(land: Land, tmp_path: Path, members: tuple[str, ...]) -> None:
    with zipfile.ZipFile(tmp_path / "data.csv.zip", "w") as archive:
        for member in members:
            archive.writestr(member, "a\n1\n")
    with pytest.raises(SourceError) as caught:
        land(None, "data.csv.zip")
    assert caught.value.code == "source.not_one_file"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pth": "x"}, "did you mean 'path'?"),
        ({"path": "x", "delimeter": ";"}, "did you mean 'delimiter'?"),
        ({}, "name a file"),
        ({"path": 7}, "name a file"),
        ({"path": " "}, "name a file"),
        ({"path": "gs://bucket/x.csv"}, "s3://bucket/path"),
        ({"path": "s3://bucket"}, "s3://bucket/path"),
        ({"path": "x", "format": "xml"}, "csv, json or parquet"),
        ({"path": "x", "format": 1}, "csv, json or parquet"),
        ({"path": "x", "delimiter": "\\t"}, "tab"),
        ({"path": "x", "delimiter": ""}, "tab"),
        ({"path": "x", "quote": "\n"}, "tab"),
        ({"path": "x", "escape": "ü"}, "tab"),
        ({"path": "x", "delimiter": '"'}, "differ"),
    ],
)
def test_a_wrong_option_is_an_error_that_says_what_to_write(options: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_options(options)
    assert said in caught.value.next


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_an_error(land: Land, tmp_path: Path) -> None:
    (tmp_path / "data.csv").touch(mode=0o000)
    with pytest.raises(SourceError) as caught:
        land(None)
    assert caught.value.code == "source.unreadable"


def test_a_landing_folder_that_takes_no_files_is_an_error(tmp_path: Path) -> None:
    """The part's name is taken by a folder."""
    (tmp_path / "a.csv").write_text("a\n1\n")
    files = source(tmp_path, "a.csv")
    bounds = files.bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    (tmp_path / "landing" / "part-00000.parquet").mkdir(parents=True)
    with pytest.raises(SourceError):
        files.extract(Contract("x", ()), None, bounds, tmp_path / "landing")
