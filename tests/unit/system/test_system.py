"""Time, identifiers and processes of this machine."""

from __future__ import annotations

import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest

from lakekit.system.clock import SystemClock
from lakekit.system.ids import SystemIds
from lakekit.system.processes import SystemProcesses

NAME_AND_WAIT = """
import sys
from lakekit.system.processes import SystemProcesses
print(SystemProcesses().me(), flush=True)
sys.stdin.readline()
"""


def test_now_is_in_utc_and_does_not_stand_still() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.tzinfo is UTC
    assert first.utcoffset() == timedelta(0)
    assert second >= first


def test_later_ids_sort_after_earlier_ones_also_within_a_millisecond() -> None:
    ids = SystemIds()
    drawn = [ids.new() for _ in range(20_000)]
    assert drawn == sorted(set(drawn))


def test_ids_are_uuids_of_version_7() -> None:
    drawn = SystemIds().new()
    assert len(drawn) == 32
    assert uuid.UUID(drawn).version == 7
    assert uuid.UUID(drawn).variant == uuid.RFC_4122


def test_threads_never_draw_the_same_id() -> None:
    ids = SystemIds()
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: ids.new(), range(2000)))
    assert len(set(drawn)) == 2000


def test_two_drawers_never_draw_the_same_id() -> None:
    one, other = SystemIds(), SystemIds()
    assert {one.new() for _ in range(1000)}.isdisjoint(other.new() for _ in range(1000))


def test_this_process_is_not_gone() -> None:
    processes = SystemProcesses()
    assert processes.me() == processes.me()
    assert not processes.gone(processes.me())


def test_another_process_is_gone_when_and_only_when_it_has_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NAME_AND_WAIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert name != SystemProcesses().me()
        assert not SystemProcesses().gone(name)
        other.send_signal(signal.SIGKILL)
        other.stdout.read()
    assert SystemProcesses().gone(name)


def changed(place: int, value: str) -> str:
    parts = SystemProcesses().me().split("/")
    parts[place] = value
    return "/".join(parts)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize(("place", "value"), [(1, "an-earlier-boot"), (4, "12")], ids=["boot", "start"])
def test_a_process_of_an_earlier_boot_or_with_a_reused_pid_is_gone(place: int, value: str) -> None:
    assert SystemProcesses().gone(changed(place, value))


@pytest.mark.parametrize(
    "name",
    [changed(0, "another-host"), changed(2, "pid:[1]"), changed(3, "x"), "", "process-1", "a/b/c/d/e/f"],
    ids=["host", "namespace", "pid", "empty", "short", "long"],
)
def test_of_other_hosts_containers_and_unknown_names_nothing_is_certain(name: str) -> None:
    assert not SystemProcesses().gone(name)
