"""The sessions that the documents name are those of the noxfile, and the same ones run by default."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)` \|", flags=re.MULTILINE)
DEFAULT_ROW = re.compile(r"^\| `(\w+)` \| yes \|", flags=re.MULTILINE)


def nox_sessions(marks: str) -> set[str]:
    """The sessions that `nox --list` shows with one of these marks: `*` by default, `-` when asked for."""
    command = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "--list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(re.findall(rf"^[{marks}] (\w+)", listed, flags=re.MULTILINE))


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/testing.md"])
def test_documents_list_every_session_and_no_other(name: str) -> None:
    assert set(ROW.findall(text(name))) == nox_sessions("*-")


def test_contributing_says_which_sessions_run_by_default() -> None:
    assert set(DEFAULT_ROW.findall(text("CONTRIBUTING.md"))) == nox_sessions("*")


def test_continuous_integration_runs_the_line_of_the_readme() -> None:
    lines = [line for line in text("README.md").splitlines() if line.endswith("bin/nox")]
    assert len(lines) == 1
    assert "README.md" in text(".ci/run")
