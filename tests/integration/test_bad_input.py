"""What bad input gets, at the command line: a coded error that says where and what to do, or a row in quarantine.
Nothing is lost and nothing half published: when it is mended, the next run brings all of it, once.

Elsewhere: two runs at once (tests/faults/test_two_at_once.py), tables that were restored or rolled back
(tests/faults/test_restored.py), a disk that is full at any write (tests/faults/test_disk.py).
"""

from __future__ import annotations

import gzip
import itertools
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from attrs import evolve, frozen

from lakekit.app.telemetry import Silent
from lakekit.app.together import ingest_all
from lakekit.compose import application
from lakekit.domain.report import Ending
from lakekit.testing.fakes import FakeClock
from tests.integration.projects import Project

ROW = "1,2026-01-01T00:00:00Z,n"
HEADER = "id,at,note"


@frozen
class Ended:
    code: int
    out: str
    err: str


def run(project: Project, *, mounted: str = "", after: str = "true") -> Ended:
    """`lakekit ingest` in a process of its own. With `mounted`, a shell line, it has mounts of its own, among which the
    line `after` comes when it has ended."""
    command = [sys.executable, "-m", "lakekit", "--project-dir", str(project.root), "ingest"]
    if mounted:
        command = ["unshare", "-m", "sh", "-c", f"{mounted} && {shlex.join(command)}; c=$?; {after}; exit $c"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return Ended(told.returncode, told.stdout, told.stderr)


def told(ended: Ended, code: str, *more: str, exit_code: int = 1) -> None:
    """It ended with this error, which is told as errors are."""
    assert ended.code == exit_code, ended.err
    assert f"{code}:" in ended.err
    assert "Traceback" not in ended.err
    assert "next: " in ended.err
    assert len(ended.err.rstrip().splitlines()) <= 5
    for text in more:
        assert text in ended.err


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that reads each file of `data` once; one of them is there."""
    made = Project(tmp_path / "project")
    made.contract()
    made.settings(path="data", load_type="incremental")
    made.file("a.csv", ROW)
    return made


def write(project: Project, name: str, content: bytes) -> Path:
    path = project.root / "data" / name
    path.write_bytes(content)
    return path


def parquet(project: Project) -> bytes:
    path = project.root / "whole.parquet"
    pl.DataFrame({"id": [2], "note": ["n"]}).write_parquet(path)
    return path.read_bytes()


TEXT = f"{HEADER}\n2,2026-01-02T00:00:00Z,n\n".encode()
PACKED = gzip.compress(b"".join([b"id,at,note\n", *(b"%d,,x\n" % n for n in range(2, 9000))]))

FILES: dict[str, tuple[str, Callable[[Project], bytes], Callable[[Project], bytes], str]] = {
    "an empty file": ("b.csv", lambda _: b"", lambda _: TEXT, "source.no_header"),
    "another delimiter": ("b.csv", lambda _: TEXT.replace(b",", b";"), lambda _: TEXT, "source.foreign_columns"),
    "another encoding": ("b.csv", lambda _: TEXT.decode().encode("utf-16"), lambda _: TEXT, "source.bad_header"),
    "no CSV at all": ("b.csv", lambda _: b"\x00\x01\x02" * 99, lambda _: TEXT, "source.bad_header"),
    "UTF-16 without its mark": (
        "b.csv",
        lambda _: TEXT.decode().encode("utf-16-le"),
        lambda _: TEXT,
        "source.bad_header",
    ),
    "a Parquet file cut short": ("b.parquet", lambda p: parquet(p)[:-9], parquet, "source.not_parquet"),
    "a packed file cut short": ("b.csv.gz", lambda _: PACKED[:-9], lambda _: gzip.compress(TEXT), "source.corrupt"),
    "a packed file of noise": ("b.csv.gz", lambda _: b"noise", lambda _: gzip.compress(TEXT), "source.corrupt"),
    "a file of another schema": ("b.csv", lambda _: b"name,city\nx,y\n", lambda _: TEXT, "source.foreign_columns"),
    "names that are there twice": ("b.csv", lambda _: b"id,ID\n1,2\n", lambda _: TEXT, "source.duplicate_columns"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read_stops_the_batch_and_is_named(project: Project, case: str) -> None:
    name, bad, good, code = FILES[case]
    write(project, name, bad(project))
    told(run(project), code, f"data/{name}")
    assert project.rows() == []
    write(project, name, good(project))
    assert run(project).code == 0
    assert project.rows() == [1, 2]


def test_names_of_a_file_cannot_steer_a_terminal_or_fill_it(project: Project) -> None:
    write(project, "b.csv", b"\x1b[2Jgone," + b"x" * 5_000 + b"\n1,2\n")
    ended = run(project)
    told(ended, "source.foreign_columns", "\\x1b[2J")
    assert "\x1b" not in ended.err
    assert max(map(len, ended.err.splitlines())) < 1_100


def test_no_file_is_told_with_the_path_that_was_meant(project: Project) -> None:
    project.settings(path="nowhere/*.csv", load_type="incremental")
    told(run(project), "source.no_files", "nowhere/*.csv")


def test_a_file_of_a_header_alone_has_no_rows_and_is_no_error(project: Project) -> None:
    write(project, "b.csv", f"{HEADER}\n".encode())
    assert run(project).code == 0
    assert project.rows() == [1]


def test_bytes_of_another_encoding_cost_their_line_alone(project: Project) -> None:
    write(project, "b.csv", f"{HEADER}\n2,,caf\u00e9\n3,,ok\n".encode("latin-1"))
    ended = run(project)
    assert ended.code == 0
    assert "1 rows were rejected" in ended.err
    assert project.rows() == [1, 3]
    assert project.rows("values['_raw']", "_errors/bronze/things") == ["2,,caf\\xe9"]


def test_a_folder_of_several_formats_and_shapes_is_read_by_name(project: Project) -> None:
    write(project, "b.jsonl", b'{"note": "n", "id": 2}\n')
    write(project, "c.csv", b"note,id\nn,3\n")
    write(project, "d.parquet", parquet(project))
    write(project, "e.txt", b"of no format")
    ended = run(project)
    assert ended.code == 0, ended.err
    assert project.rows("id, note") == [(1, "n"), (2, "n"), (2, "n"), (3, "n")]


CONFIG = {
    "a type that there is not": (
        *("schema_definitions/things.schema.json", '"long"', '"integer"'),
        *("contract.bad_type", "things.schema.json:1:"),
    ),
    "a tab": ("dev.yaml", "  things:", "\tthings:", "config.tab", "dev.yaml:3:1"),
    "aliases": ("dev.yaml", "lake: ./lake", "lake: &a [*a, *a]", "config.unsupported_yaml", "dev.yaml:1:7"),
    "a name that climbs out": ("dev.yaml", "  things:", "  ../things:", "config.bad_dataset", "dev.yaml:3:3"),
}


@pytest.mark.parametrize("case", CONFIG)
def test_a_mistake_in_the_projects_files_is_told_with_its_place_before_anything_runs(
    project: Project, case: str
) -> None:
    name, right, wrong, code, place = CONFIG[case]
    file = project.root / "config" / name
    text = file.read_text()
    assert right in text
    file.write_text(text.replace(right, wrong))
    told(run(project), code, place, exit_code=2)
    assert not (project.root / "lake").exists()
    file.write_text(text)
    assert run(project).code == 0


needs_mounts = pytest.mark.skipif(
    os.getuid() != 0
    or subprocess.run(["unshare", "-m", "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0,
    reason="mounting in a namespace of its own needs root",
)


@needs_mounts
def test_a_lake_that_cannot_be_written_to_is_told(project: Project) -> None:
    assert run(project).code == 0
    project.file("b.csv", "2,,n")
    lake = shlex.quote(str(project.root / "lake"))
    ended = run(project, mounted=f"mount --bind {lake} {lake} && mount -o remount,ro,bind {lake}")
    told(ended, "state.unavailable", "SQLITE_READONLY")
    assert project.rows() == [1]
    assert run(project).code == 0
    assert project.rows() == [1, 2]


@needs_mounts
@pytest.mark.parametrize("size", ["200k", "600k", "1m"])
def test_a_disk_that_fills_up_is_told_and_the_next_run_brings_every_row(project: Project, size: str) -> None:
    project.file("b.csv", *(f"{n},2026-01-01T00:00:00Z,{n * 7919:060d}" for n in range(2, 40_000)))
    lake, kept = project.root / "lake", project.root / "kept"
    lake.mkdir()
    folder = shlex.quote(str(lake))
    ended = run(
        project,
        mounted=f"mount -t tmpfs -o size={size} none {folder}",
        after=f"cp -a {folder} {shlex.quote(str(kept))}",
    )
    lake.rmdir()
    kept.rename(lake)  # what the full disk had is what the next run finds
    assert project.rows() == []
    assert ended.code == 1, ended.out
    assert "disk_full" in ended.err or "SQLITE_FULL" in ended.err or "No space left" in ended.err, ended.err
    assert "Traceback" not in ended.err
    assert run(project).code == 0
    assert len(project.rows()) == 39_999


def test_a_damaged_state_file_is_told_and_the_tables_know_how_far_they_are(project: Project) -> None:
    assert run(project).code == 0
    state = project.root / "lake" / "_lakekit" / "state.sqlite"
    state.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for more in state.parent.glob("state.sqlite-*"):
        more.unlink()
    told(run(project), "state.corrupt", "state.sqlite")
    state.rename(project.root / "damaged")
    assert run(project).code == 0
    assert project.rows() == [1]


def test_a_state_file_of_another_program_is_left_alone(project: Project) -> None:
    state = project.root / "lake" / "_lakekit" / "state.sqlite"
    state.parent.mkdir(parents=True)
    script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('create table t (x)'); c.commit()"
    subprocess.run([sys.executable, "-c", script, str(state)], check=True)
    before = state.read_bytes()
    told(run(project), "state.foreign")
    assert state.read_bytes() == before


def test_a_table_that_was_deleted_is_read_anew(project: Project) -> None:
    assert run(project).code == 0
    shutil.rmtree(project.root / "lake" / "bronze" / "things")
    assert run(project).code == 0
    assert project.rows() == [1]


def test_a_table_that_is_not_ours_is_left_alone(project: Project) -> None:
    table = project.root / "lake" / "bronze" / "things"
    pl.DataFrame({"x": [1]}).write_delta(str(table))
    before = sorted(path.name for path in table.rglob("*"))
    told(run(project), "contract.column_removed", "things", exit_code=2)
    assert sorted(path.name for path in table.rglob("*")) == before


def test_a_table_that_is_a_link_out_of_the_lake_is_not_written_to(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project.root / "lake" / "bronze").mkdir(parents=True)
    link = project.root / "lake" / "bronze" / "things"
    link.symlink_to(outside)
    told(run(project), "storage.outside", str(link))
    assert list(outside.iterdir()) == []
    link.unlink()
    assert run(project).code == 0
    assert project.rows() == [1]


@pytest.mark.parametrize("mode", [{"load_type": "incremental", "watermark_column": "at"}, {"load_type": "incremental"}])
def test_a_clock_that_goes_backwards_loses_and_repeats_nothing(project: Project, mode: dict[str, str]) -> None:
    project.settings(path="data", **mode)
    clock = FakeClock()
    clock.advance(timedelta(days=1000))
    for number in range(2, 6):
        project.file(f"{number}.csv", f"{number},2026-01-0{number}T00:00:00Z,n")
        with application(project.root, None, Silent()) as app:
            (batch,) = ingest_all(evolve(app.tools, clock=clock), app.jobs(), app.run)
        assert batch.ending is Ending.PUBLISHED, batch.failure
        clock.advance(timedelta(days=-7))
    with application(project.root, None, Silent()) as app:
        (batch,) = app.ingest().batches
    assert batch.ending is Ending.NOTHING_NEW
    assert project.rows() == [1, 2, 3, 4, 5]


def test_a_file_that_grows_while_it_is_read_is_never_read_by_half(project: Project) -> None:
    path = project.file("b.csv", *(f"{n},,n" for n in range(2, 100)))
    ended = threading.Event()

    def grow() -> None:
        with path.open("a") as file:
            for number in itertools.count(100):
                if ended.is_set():
                    return
                # A line in two writes: whoever reads in between sees half of it.
                for half in (f"{number},", ",n\n"):
                    file.write(half)
                    file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        told(run(project), "source.file_changed", "b.csv")
    finally:
        ended.set()
        writer.join()
    assert project.rows() == []
    assert run(project).code == 0
    assert project.rows() == list(range(1, len(path.read_text().splitlines()) + 1))
