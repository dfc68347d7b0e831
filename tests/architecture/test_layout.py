"""The rooms are where the design puts them, and every list of adapters names the same ones."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {"lakekit", "plugins", "adapters", "tests", "config", "docs", "runbooks", ".ci"}
FILES = {
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "noxfile.py",
    "pyproject.toml",
}


def kept_paths() -> list[Path]:
    """Every path that is, or would be, under version control; relative to the checkout."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).exists()]


def pyproject() -> dict:  # type: ignore[type-arg]
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def adapter_folders() -> set[str]:
    return {path.parent.name for path in (ROOT / "adapters").glob("*/__init__.py")}


def test_top_level_holds_the_agreed_names_and_no_others() -> None:
    paths = kept_paths()
    assert {path.parts[0] for path in paths if len(path.parts) > 1} == FOLDERS
    assert {str(path) for path in paths if len(path.parts) == 1} == FILES


def test_only_the_core_and_adapters_are_packages() -> None:
    packages = {path.parts[0] for path in kept_paths() if path.name == "__init__.py"}
    assert packages <= {"lakekit", "adapters", "plugins"}
    assert not (ROOT / "adapters" / "__init__.py").exists()


def test_every_adapter_is_shipped_registered_and_held_to_the_import_rules() -> None:
    settings, folders = pyproject(), adapter_folders()
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    rules = settings["tool"]["importlinter"]
    independence = next(rule for rule in rules["contracts"] if rule["type"] == "independence")
    assert set(wheel) == {"lakekit"} | {f"adapters/{name}" for name in folders}
    assert set(settings["project"]["entry-points"]["lakekit"].values()) == folders
    assert set(rules["root_packages"]) == {"lakekit"} | folders
    assert set(independence["modules"]) == folders


def test_every_package_says_that_it_is_typed() -> None:
    assert (ROOT / "lakekit" / "py.typed").exists()
    assert [name for name in sorted(adapter_folders()) if not (ROOT / "adapters" / name / "py.typed").exists()] == []


def test_no_test_replaces_parts_of_lakekit_behind_its_back() -> None:
    patching = re.compile(r"\b(unittest\.mock|monkeypatch\.setattr|mocker\.patch)\b")
    sources = (path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    assert [str(path) for path in sources if patching.search(path.read_text("utf-8"))] == []
