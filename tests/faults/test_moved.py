"""A watermark that is being moved when its process is killed: it is where it was, or where it was to go, and the next
ingest is exactly once either way."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.sample import sampled
from tests.integration.projects import Project

MOVE = """
import sys
from pathlib import Path
from attrs import evolve
from lakekit.app.state import move
from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.testing.faults import Injector, parse_fault

fault = parse_fault(sys.argv[2]) if sys.argv[2] else None
injector = Injector(fault, Path(sys.argv[3]))
with application(Path(sys.argv[1]), None, Silent()) as app:
    ports = {name: injector.wrap(name, getattr(app.tools, name)) for name in ("state", "tables")}
    (job,) = app.jobs()
    move(evolve(app.tools, **ports), job, "2026-01-02T00:00:00Z", skip=False)
"""
CALLS = 23
"""Of ports, in a move; a test holds it to what is recorded."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("moved") / "project")
    made.contract()
    made.settings(load_type="incremental", watermark_column="at")
    made.file("a.csv", *(f"{n},2026-01-0{n}T00:00:00Z,n" for n in range(1, 5)))
    made.ingest()
    made.file("b.csv", "5,2026-01-03T12:00:00Z,late")
    return made


def moved(project: Project, fault: str) -> tuple[int, list[str]]:
    record = project.root / "calls"
    record.unlink(missing_ok=True)
    command = [sys.executable, "-c", MOVE, str(project.root), fault, str(record)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    return ended.returncode, record.read_text().splitlines()


def copied(project: Project, folder: Path) -> Project:
    return Project(Path(shutil.copytree(project.root, folder / "project")))


def test_the_calls_of_a_move_are_those_that_are_killed_here(read: Project, tmp_path: Path) -> None:
    code, calls = moved(copied(read, tmp_path), "")
    assert code == 0
    assert len(calls) == CALLS, calls


PLACES = {f"{moment} call {n}": f"kill:{moment}:{n}" for n in range(1, CALLS + 1) for moment in ("before", "after")}


@pytest.mark.parametrize("place", sampled(PLACES, *(f"after call {n}" for n in range(5, CALLS, 2))))
def test_a_move_that_is_killed_leaves_one_of_two_watermarks(read: Project, tmp_path: Path, place: str) -> None:
    project = copied(read, tmp_path)
    assert moved(project, PLACES[place])[0] == -9
    (batch,) = project.ingest()
    assert batch.failure is None
    # Of the watermark of before, nothing is new but what lies beyond it; of the new one, the late row is.
    assert project.rows() in ([1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert moved(project, "")[0] == 0
    (batch,) = project.ingest()
    assert batch.failure is None
    assert project.rows() == [1, 2, 3, 4, 5]
