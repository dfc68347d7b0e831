"""Local files as adapters need them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lakekit.plugin.disk import Scratch

HOLD = """
import sys
from pathlib import Path
from lakekit.plugin.disk import Scratch
scratch = Scratch(Path(sys.argv[1]))
(scratch.folder / "rows").write_text("spilled")
print("made", flush=True)
sys.stdin.read()
"""


def held(place: Path) -> subprocess.Popen[str]:
    """A process that has a folder in `place`, and lives until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "made\n"
    return process


def test_a_scratch_folder_is_private_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "spill")
    assert scratch.folder.stat().st_mode & 0o777 == 0o700
    (scratch.folder / "rows").write_text("spilled")
    scratch.close()
    scratch.close()
    assert list((tmp_path / "spill").iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    with held(tmp_path) as killed, held(tmp_path) as living:
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.glob("*/rows"))) == 2
        scratch = Scratch(tmp_path)
        assert len(list(tmp_path.glob("*/rows"))) == 1
        scratch.close()
        assert len(list(tmp_path.glob("*/rows"))) == 1
        living.kill()
    Scratch(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def among(temporary: Path, script: str) -> str:
    """What a process prints whose temporary files lie there."""
    code = f"import os\nfrom lakekit.plugin.disk import Scratch, place_of_this_user\n{script}"
    environment = {**os.environ, "TMPDIR": str(temporary)}
    return subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, capture_output=True, text=True
    ).stdout.strip()


def test_temporary_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "theirs.lock").touch()
    (tmp_path / "theirs").mkdir()
    script = """
scratch = Scratch(place_of_this_user())
print(oct(scratch.folder.parent.stat().st_mode & 0o777), scratch.folder.parent.parent)
scratch.close()
"""
    assert among(tmp_path, script) == f"0o700 {tmp_path}"
    assert {path.name for path in tmp_path.iterdir()} >= {"theirs", "theirs.lock"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_place_that_another_user_has_made_is_refused(tmp_path: Path) -> None:
    script = """
os.chown(place_of_this_user(), 12345, -1)
try:
    place_of_this_user()
except PermissionError:
    print("refused")
"""
    assert among(tmp_path, script) == "refused"
