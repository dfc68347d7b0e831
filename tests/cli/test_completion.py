"""Shells complete lakekit's words by the protocol of click: the words so far in, candidates out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def completed(line: str, folder: Path) -> list[str]:
    """What bash would offer for the last word of the line."""
    words = line.split(" ")
    told = {"_LAKEKIT_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    command = [sys.executable, "-m", "lakekit"]
    ended = subprocess.run(
        command, cwd=folder, env={**os.environ, **told}, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.stderr == ""
    return [entry.partition(",")[2] for entry in ended.stdout.splitlines() if entry]


@pytest.fixture
def project(tmp_path: Path, lakekit) -> Path:
    assert lakekit("init", str(tmp_path / "shop")).code == 0
    return tmp_path / "shop"


def test_commands_and_options_are_completed(tmp_path: Path) -> None:
    assert completed("lakekit expl", tmp_path) == ["explain"]
    assert "--full-refresh" in completed("lakekit ingest --full", tmp_path)


def test_datasets_of_the_project_are_completed(project: Path) -> None:
    assert completed("lakekit ingest ord", project) == ["orders"]
    assert completed("lakekit ingest bronze.o", project) == ["bronze.orders"]
    assert completed("lakekit --project-dir shop table show o", project.parent) == ["orders"]


def test_environments_are_completed(project: Path) -> None:
    assert completed("lakekit --env d", project) == ["dev"]


def test_error_codes_are_completed(tmp_path: Path) -> None:
    assert completed("lakekit explain source.no_f", tmp_path) == ["source.no_files"]


def test_where_there_is_no_project_nothing_is_offered(tmp_path: Path) -> None:
    assert completed("lakekit ingest o", tmp_path) == []


def test_a_broken_project_offers_nothing_and_says_nothing(project: Path) -> None:
    for path in (project / "config").glob("*.yaml"):
        path.write_text("\tbroken")
    assert completed("lakekit ingest o", project) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_reads(lakekit, shell: str) -> None:
    ended = lakekit("completion", shell)
    assert ended.code == 0
    assert "_LAKEKIT_COMPLETE" in ended.out
    if there := shutil.which(shell):
        checked = subprocess.run([there, "-n"], input=ended.out, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
