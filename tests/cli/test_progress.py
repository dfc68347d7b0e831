"""What a person sees of a run while it goes."""

from __future__ import annotations

import errno
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from fcntl import ioctl
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from lakekit.cli.progress import Bars, bars, shown
from lakekit.domain.events import STEPS
from lakekit.domain.report import Ending


class Clock:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def last(ending: Ending, *steps: str) -> str:
    """The last that is said of one dataset after these steps."""
    text = StringIO()
    with bars(Console(file=text, force_terminal=True, color_system=None, width=80)) as reporter:
        for step in steps:
            reporter.step("bronze.orders", step)
        reporter.done("bronze.orders", ending)
    return next(line for line in reversed(text.getvalue().splitlines()) if "bronze.orders" in line)


def lines(reporter: Bars, clock: Clock, width: int = 120) -> list[list[str]]:
    """The lines as they stand, each in its pieces."""
    text = StringIO()
    Console(file=text, width=width, color_system=None).print(shown(reporter.seen(clock()), clock(), width))
    return [re.split(r" {2,}", line.strip()) for line in text.getvalue().splitlines() if line.strip()]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def reporter(said: list[str], clock: Clock) -> Bars:
    return Bars(said.append, clock)


@pytest.mark.parametrize(
    ("ending", "steps", "told"),
    [
        (Ending.PUBLISHED, STEPS, "published"),
        (Ending.NOTHING_NEW, STEPS[:1], "nothing new"),
        (Ending.HELD, STEPS[:4], "held"),
        (Ending.FAILED, STEPS[:2], "failed at extract"),
        (Ending.FAILED, (), "failed at open"),
    ],
)
def test_a_line_ends_with_how_the_batch_ended(ending: Ending, steps: tuple[str, ...], told: str) -> None:
    assert told in last(ending, *steps)


def test_while_it_is_read_a_line_tells_rows_bytes_rate_and_what_remains(reporter: Bars, clock: Clock) -> None:
    reporter.step("bronze.orders", "extract")
    for _ in range(10):
        reporter.seen(clock())
        clock.now += 1
        reporter.read("bronze.orders", int((clock.now - 50) * 10_000), int((clock.now - 50) * 10**6), 40 * 10**6)
    ((name, step, bar, *told),) = lines(reporter, clock)
    assert (name, step) == ("bronze.orders", "extract")
    assert bar == "━" * 6  # of 24
    assert told == ["10.0 MB of 40.0 MB", "100 k rows", "1.0 MB/s", "0:30 left"]


def test_a_source_that_tells_rows_alone_has_its_rate_in_rows(reporter: Bars, clock: Clock) -> None:
    reporter.step("bronze.orders", "extract")
    reporter.seen(clock())
    clock.now += 4
    reporter.read("bronze.orders", 8000, 0, None)
    ((*_, rows, rate, time),) = lines(reporter, clock)
    assert (rows, rate, time) == ("8.00 k rows", "2.00 k rows/s", "0:04")


def test_after_that_it_tells_the_step_the_rows_and_the_time_that_the_step_took(reporter: Bars, clock: Clock) -> None:
    reporter.step("bronze.orders", "extract")
    reporter.read("bronze.orders", 1_200_000, 100, 100)
    clock.now += 60
    reporter.step("bronze.orders", "validate")
    clock.now += 3
    ((name, step, _, *told),) = lines(reporter, clock)
    assert (name, step, told) == ("bronze.orders", "validate", ["1.20 M rows", "0:03"])


def test_each_dataset_at_work_has_a_line_and_one_that_is_done_has_none(
    reporter: Bars, clock: Clock, said: list[str]
) -> None:
    reporter.step("bronze.orders", "extract")
    reporter.step("bronze.customers", "audit")
    reporter.read("bronze.orders", 1_200_000, 1, 1)
    assert [line[0] for line in lines(reporter, clock)] == ["bronze.orders", "bronze.customers"]
    clock.now += 75
    reporter.done("bronze.orders", Ending.PUBLISHED)
    assert [line[0] for line in lines(reporter, clock)] == ["bronze.customers"]
    assert said == ["bronze.orders: published, 1.20 M rows in 1:15"]


@pytest.mark.parametrize("width", [50, 60, 78, 80, 107, 108, 200])
def test_what_is_shown_fits_and_the_time_is_never_cut(reporter: Bars, clock: Clock, width: int) -> None:
    name = f"bronze.{'orders_of_the_last_years' * (1 + width % 3)}"
    reporter.step(name, "extract")
    reporter.seen(clock())
    clock.now += 2
    reporter.read(name, 1_234_567_890, 111_100_000, 999_900_000)
    text = StringIO()
    Console(file=text, width=width, color_system=None).print(shown(reporter.seen(clock()), clock(), width))
    (line,) = text.getvalue().splitlines()
    assert len(line) <= width
    assert line.rstrip().endswith("0:16 left")
    assert "111 MB of 1.0 GB" in line


def test_datasets_of_several_threads_do_not_mix(reporter: Bars, clock: Clock, said: list[str]) -> None:
    def work(name: str) -> None:
        for step in STEPS:
            reporter.step(name, step)
            for rows in range(200):
                reporter.read(name, rows, rows, 200)
        reporter.done(name, Ending.PUBLISHED)

    threads = [threading.Thread(target=work, args=(f"bronze.d{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        lines(reporter, clock)
    assert sorted(said) == [f"bronze.d{n}: published, 199 rows in 0:00" for n in range(6)]
    assert reporter.seen(clock()) == ()


class Gone(StringIO):
    """A terminal that nobody holds any more."""

    def write(self, _: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_terminal_that_is_gone_ends_nothing() -> None:
    with bars(Console(file=Gone(), force_terminal=True)) as reporter:
        reporter.step("bronze.orders", "open")


CALL = [sys.executable, "-c", "from lakekit.cli.main import main; main()"]
ROWS = 40_000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path
    (folder / "config" / "schema_definitions").mkdir(parents=True)
    (folder / "config" / "dev.yaml").write_text(
        "lake: ./lake\nengine: embedded\nsources:\n  orders: {path: orders.csv, load_type: full}\n"
    )
    (folder / "config" / "schema_definitions" / "orders.schema.json").write_text(
        '{"name": "orders", "columns": [{"name": "id", "type": "long"}, {"name": "note", "type": "string"}]}'
    )
    (folder / "orders.csv").write_text("id,note\n" + "".join(f"{n},{'x' * 90}\n" for n in range(ROWS)))
    return folder


def ingest(project: Path, *arguments: str, stderr: int, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """One run in a process of its own, whose stderr goes there."""
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return subprocess.run(
        [*CALL, "--project-dir", str(project), "ingest", *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**environment, "TERM": "xterm-256color", **variables},
    )


def on_a_terminal(project: Path, *arguments: str, **variables: str) -> tuple[str, str]:
    """What a run leaves on a terminal of 120 columns that is its stderr, and on stdout, which is none."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    found: list[bytes] = []

    def look() -> None:
        with suppress(OSError):  # EIO, when nobody has the other end any more
            while data := os.read(ours, 65536):
                found.append(data)

    reader = threading.Thread(target=look)
    reader.start()
    ended = ingest(project, *arguments, stderr=theirs, **variables)
    os.close(theirs)
    reader.join()
    os.close(ours)
    assert ended.returncode == 0
    return b"".join(found).decode(), ended.stdout.decode()


BOOKS = r"bronze\.orders +40,000 +40,000 +0 +0 "


def test_a_terminal_shows_a_bar_that_goes_and_a_word_that_stays(project: Path) -> None:
    shown, out = on_a_terminal(project)
    assert re.search(r"bronze\.orders .*(extract|validate|publish) .*\u2501", shown)
    assert "40.0 k rows" in shown
    # The last drawing is wiped out, and the cursor is there again.
    assert shown.rindex("\x1b[2K") > shown.rindex("\u2501")
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert "bronze.orders: published, 40.0 k rows in " in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    assert re.search(BOOKS, out)
    assert "\x1b" not in out


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}])
def test_a_terminal_that_draws_nothing_or_shall_not_is_left_alone(project: Path, variables: dict[str, str]) -> None:
    shown, out = on_a_terminal(project, **variables)
    assert shown == ""
    assert re.search(BOOKS, out)


def test_with_json_nothing_is_drawn(project: Path) -> None:
    shown, out = on_a_terminal(project, "--json")
    assert shown == ""
    assert json.loads(out)


def test_a_pipe_gets_no_bar_and_no_control_character(project: Path) -> None:
    ended = ingest(project, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert re.search(BOOKS, ended.stdout.decode())
    assert b"\x1b" not in ended.stdout
