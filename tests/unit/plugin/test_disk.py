"""Local files as adapters need them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lakekit.plugin.disk import Scratch, place_of_this_user

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


def test_temporary_files_of_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "theirs.lock").touch()
    (tmp_path / "theirs").mkdir()
    scratch = Scratch(place_of_this_user())
    assert scratch.folder.parent.stat().st_mode & 0o777 == 0o700
    scratch.close()
    assert {path.name for path in tmp_path.iterdir()} >= {"theirs", "theirs.lock"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_place_that_another_user_has_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    os.chown(place_of_this_user(), 12345, -1)
    with pytest.raises(PermissionError):
        place_of_this_user()
