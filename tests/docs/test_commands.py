"""Commands that the documents show are commands that work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from lakekit.cli.main import run

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "runbooks").rglob("*.md")})
BLOCK = re.compile(r"^```bash\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(lakekit [^`]+)`")


def shown(document: Path) -> list[str]:
    """Every call of lakekit in the document, in its blocks and in its sentences, without comments."""
    text = document.read_text("utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    calls = [line for line in lines if line.startswith("lakekit ")] + INLINE.findall(BLOCK.sub("", text))
    return [shlex.join(shlex.split(call, comments=True)) for call in calls]


COMMANDS = sorted({command for document in DOCUMENTS for command in shown(document)})


def run_block(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the lines as a person would who has the environment of this interpreter activated."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        check=False,
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_in_documents_exist_with_these_options(command: str) -> None:
    arguments = shlex.split(command)[1:]
    # In a sentence, an option may stand without its value: `--help` before it is told first.
    if arguments[-1].startswith("-"):
        arguments.insert(-1, "--help")
    assert run([*arguments, "--help"]) == 0


def test_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    blocks = [b for b in BLOCK.findall((ROOT / "README.md").read_text("utf-8")) if b.startswith("lakekit init")]
    assert len(blocks) == 1
    done = run_block(blocks[0], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_demo_of_the_readme_runs(tmp_path: Path) -> None:
    assert ".venv/bin/lakekit demo\n" in (ROOT / "README.md").read_text("utf-8")
    done = run_block("lakekit demo", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lakekit" in done.stdout
