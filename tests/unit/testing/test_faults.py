"""The fault injector, in processes that really die and really stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lakekit.testing.faults import Action, Fault, Injector, Moment, parse_fault

SCRIPT = """
import sys
from pathlib import Path
from lakekit.ports.state_store import WriteConflict
from lakekit.testing.fakes import FakeClock, MemoryStateStore
from lakekit.testing.faults import Injector, parse_fault

folder = Path(sys.argv[1])

class Tables:
    name = "tables"

    def history(self, count):
        for number in range(count):
            say(f"history {number}")
            yield number

class Saying(MemoryStateStore):
    def write(self, key, text, expected):
        version = super().write(key, text, expected)
        say(f"write {key}")
        return version

def say(what):
    with (folder / "said").open("a") as file:
        file.write(what + "\\n")

fault = parse_fault(sys.argv[2]) if sys.argv[2] else None
injector = Injector(fault, record=folder / "calls")
state, clock, tables = (injector.wrap(*pair) for pair in
                        (("state", Saying()), ("clock", FakeClock()), ("tables", Tables())))
clock.now()                                   # 1
state.write("a", "text", None)                # 2
try:
    state.write("a", "text", expected=None)   # 3
except WriteConflict:
    say("conflict")
assert tables.name == "tables"
for number in tables.history(3):              # 4
    if number == 1:
        break
say("between")
assert list(tables.history(count=2)) == [0, 1]  # 5
state.write("b", "text", None)                # 6
say("end")
"""

CALLS = ["clock.now", "state.write", "state.write", "tables.history", "tables.history", "state.write"]
SAID = [
    "write a", "conflict", "history 0", "history 1", "between", "history 0", "history 1", "write b", "end",
]  # fmt: skip


def start(folder: Path, fault: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder), fault])


def read(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def test_without_a_fault_the_ports_work_and_every_call_is_written_down(tmp_path: Path) -> None:
    assert start(tmp_path, "").wait() == 0
    assert read(tmp_path / "said") == SAID
    assert read(tmp_path / "calls") == [f"{number} {call}" for number, call in enumerate(CALLS, 1)]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("kill:before:1", 0),
        ("kill:before:2", 0),  # before the write happened
        ("kill:after:2", 1),  # the write happened; its caller never knew
        ("kill:after:3", 1),  # a call that raises ends too
        ("kill:before:4", 2),
        ("kill:after:4", 4),  # a lazy result ends when it is given up
        ("kill:after:5", 7),  # ... or exhausted
        ("kill:after:6", 8),
    ],
)
def test_the_process_is_killed_at_exactly_that_place(fault: str, said: int, tmp_path: Path) -> None:
    assert start(tmp_path, fault).wait() == -signal.SIGKILL
    assert read(tmp_path / "said") == SAID[:said]
    assert len(read(tmp_path / "calls")) == parse_fault(fault).call


def test_a_place_that_is_never_reached_changes_nothing(tmp_path: Path) -> None:
    assert start(tmp_path, "kill:before:7").wait() == 0
    assert read(tmp_path / "said") == SAID


def test_a_paused_process_stands_still_until_it_is_continued(tmp_path: Path) -> None:
    process = start(tmp_path, "pause:after:2")
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert read(tmp_path / "said") == SAID[:1]
    process.send_signal(signal.SIGCONT)
    assert process.wait() == 0
    assert read(tmp_path / "said") == SAID


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("action", Action)
def test_a_fault_is_read_as_it_is_written(action: Action, moment: Moment) -> None:
    fault = Fault(action, moment, 12)
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize("text", ["kill:before", "kill:before:x", "maim:before:1", "kill:during:1", ""])
def test_a_text_that_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the enum's and the number's own
        parse_fault(text)


def test_an_attribute_that_the_port_lacks_is_missing_from_the_wrapped_one() -> None:
    assert not hasattr(Injector().wrap("port", object()), "anything")
