"""`lakekit plugin new`."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_new_plugin_has_a_source_and_its_tests_under_the_given_name(lakekit, tmp_path: Path) -> None:
    folder = tmp_path / "plugin"
    ended = lakekit("plugin", "new", "my-crm", "--into", str(folder))
    assert ended.code == 0, ended.err
    assert files(folder) == {
        "README.md",
        "pyproject.toml",
        "lakekit_my_crm/__init__.py",
        "lakekit_my_crm/source.py",
        "tests/test_conformance.py",
        "tests/test_source.py",
    }
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert (project["name"], project["entry-points"]["lakekit"]) == ("lakekit-my-crm", {"my-crm": "lakekit_my_crm"})
    assert 'Port.SOURCE, "my-crm"' in (folder / "lakekit_my_crm" / "__init__.py").read_text()
    for name in files(folder):
        text = (folder / name).read_text()
        assert "example" not in text
        if name.endswith(".py"):
            ast.parse(text)


def test_the_files_and_the_next_commands_are_told(lakekit, tmp_path: Path) -> None:
    folder = tmp_path / "plugin"
    ended = lakekit("plugin", "new", "acme", "--into", str(folder))
    for told in (*files(folder), f"cd {folder}", "pip install -e '.[test]'", "-m pytest", "lakekit plugins"):
        assert told in ended.out


@pytest.mark.parametrize("name", ["Acme", "my_crm", "1st", "a--b", "a-", "../a", "a/b", "é", "a" * 41, ""])
def test_a_name_that_cannot_be_one_is_refused(lakekit, tmp_path: Path, name: str) -> None:
    ended = lakekit("plugin", "new", "--into", str(tmp_path / "plugin"), "--", name)
    assert (ended.code, ended.out) == (2, "")
    assert "plugin.bad_name" in ended.err
    assert not (tmp_path / "plugin").exists()


@pytest.mark.parametrize("name", ["duckdb", "files", "sqlite", "jsonl", "delta"])
def test_a_name_that_something_installed_has_is_refused(lakekit, tmp_path: Path, name: str) -> None:
    ended = lakekit("plugin", "new", name, "--into", str(tmp_path / "plugin"))
    assert ended.code == 2
    assert "plugin.name_taken" in ended.err
    assert not (tmp_path / "plugin").exists()


def test_a_folder_that_holds_anything_is_left_alone(lakekit, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    ended = lakekit("plugin", "new", "acme", "--into", str(tmp_path))
    assert ended.code == 2
    assert "plugin.folder_in_use" in ended.err
    assert files(tmp_path) == {"mine"}


def test_an_empty_folder_is_used(lakekit, tmp_path: Path) -> None:
    assert lakekit("plugin", "new", "acme", "--into", str(tmp_path)).code == 0


def test_a_folder_that_cannot_be_written_to_is_told(lakekit, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = lakekit("plugin", "new", "acme", "--into", str(tmp_path / "file" / "below"))
    assert ended.code == 2
    assert "plugin.unwritable" in ended.err
