"""`.env` files: variables for a project, without setting them in each shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path, lakekit) -> Path:
    """A project whose lake is named by a variable."""
    assert lakekit("init", str(tmp_path / "shop")).code == 0
    settings = tmp_path / "shop" / "config" / "dev.yaml"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join("lake: ${SHOP_LAKE}" if line.startswith("lake:") else line for line in lines) + "\n")
    return tmp_path / "shop"


def ingest(project: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as it changes the environment."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SHOP_")}
    command = [sys.executable, "-m", "lakekit", "--project-dir", str(project), *options, "ingest"]
    return subprocess.run(
        command, env={**inherited, **variables}, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_variable_may_stand_in_a_file(project: Path) -> None:
    (project / ".env").write_text("# where\nexport SHOP_ROOT=lakes\nSHOP_LAKE='${SHOP_ROOT}/literal'\n")
    assert ingest(project).returncode == 0
    assert (project / "${SHOP_ROOT}" / "literal" / "bronze").is_dir()


def test_the_environments_own_file_counts_before_the_common_one(project: Path) -> None:
    (project / ".env").write_text("SHOP_LAKE=common\n")
    (project / ".env.dev").write_text("SHOP_LAKE=own\n")
    (project / ".env.prod").write_text("SHOP_LAKE=other\n")
    assert ingest(project).returncode == 0
    assert [(project / name).is_dir() for name in ("own", "common", "other")] == [True, False, False]


def test_what_is_set_already_counts_before_all_files(project: Path) -> None:
    (project / ".env.dev").write_text("SHOP_LAKE=file\n")
    assert ingest(project, SHOP_LAKE="told").returncode == 0
    assert [(project / name).is_dir() for name in ("told", "file")] == [True, False]


@pytest.mark.parametrize(
    ("text", "line"),
    [("SHOP_LAKE=lake\nA='open\nB=1\n", 2), ("\n\nSHOP_LAKE\n", 3), ("SHOP_LAKE=lake\n\n# c\n=hunter2\n", 4)],
)
def test_a_line_that_sets_nothing_is_told_with_its_place_and_no_value(project: Path, text: str, line: int) -> None:
    (project / ".env").write_text(text)
    ended = ingest(project)
    assert ended.returncode == 2
    assert "config.bad_env_line" in ended.stderr
    assert f".env:{line}" in ended.stderr
    assert "hunter2" not in ended.stderr


def test_a_file_that_is_no_text_is_told(project: Path) -> None:
    (project / ".env").write_bytes(b"\xff\xfe\x00")
    ended = ingest(project)
    assert (ended.returncode, "config.unreadable" in ended.stderr) == (2, True)


def test_a_new_project_keeps_them_out_of_git(project: Path) -> None:
    assert ".env" in (project / ".gitignore").read_text().split()
