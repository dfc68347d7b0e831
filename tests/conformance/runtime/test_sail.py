"""The runtime `sail` keeps the promises of its port; its process ends with lakekit, and is closed to others."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.errors import ConfigError, EngineError, LakekitError, StorageError, UnsupportedCapability
from lakekit.domain.schema import TableColumn
from lakekit.plugin.provider import Context
from lakekit.ports.engine import Input
from lakekit.ports.runtime import SparkRuntime
from lakekit_aws.storage import open_storage
from tests.conformance.runtime.differences import LARGEST, answer, each
from tests.conformance.runtime.parquet import read_parquet, write_parquet
from tests.conformance.runtime.sails import OPTIONS, OnSail, context, sail
from tests.faulty_s3 import Fault, faulty
from tests.sail import SAIL
from tests.servers import Server

pytestmark = SAIL

NUMBER = (TableColumn("x", "long"),)
PATIENCE = 20.0
"""Seconds after which something that should have happened has not."""


class TestSail(OnSail):
    """Keeps what the port promises."""


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[SparkRuntime]:
    # A path that is longer than that of a socket may be.
    made = sail(tmp_path / ("private" * 20))
    yield made
    made.close()


def pid(runtime: Any) -> int:
    """Of the process that Sail runs in."""
    told = runtime._backend._open[0].process.pid
    assert isinstance(told, int)
    return told


def port(process: int) -> int:
    """On which a process listens, by what the system tells everyone."""
    inodes = {str(entry.readlink()) for entry in Path(f"/proc/{process}/fd").iterdir()}
    lines = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
    (told,) = (line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in inodes)
    return int(told.partition(":")[2], 16)


def gone(process: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_process_that_is_killed_is_an_error_that_a_rerun_mends(runtime: SparkRuntime, tmp_path: Path) -> None:
    runtime.write("SELECT 1 AS a", {}, tmp_path / "first")
    killed = pid(runtime)

    def dying(_: Mapping[str, Any]) -> Any:
        os.kill(killed, signal.SIGKILL)
        return _frame(runtime)

    with pytest.raises(EngineError) as caught:
        runtime.write(dying, {}, tmp_path / "second")
    assert caught.value.code == "runtime.died"
    (written,) = runtime.write("SELECT 1 AS a", {}, tmp_path / "third")
    assert read_parquet([written.path]) == [(1,)]


def _frame(runtime: Any) -> Any:
    return runtime._backend._open[1].range(1)


def test_a_process_that_dies_while_it_works_is_an_error_that_a_rerun_mends(
    runtime: SparkRuntime, tmp_path: Path
) -> None:
    """Killed by the very function that it runs."""

    def body(_: Mapping[str, Any]) -> Any:
        from pyspark.sql import functions as f

        kill = f.udf(lambda x: os.kill(os.getpid(), signal.SIGKILL) or x, "long")
        return _frame(runtime).select(kill("id").alias("x"))

    runtime.analyse("SELECT 1 AS a", {})  # in a process that will be gone when it is to be written
    with pytest.raises(EngineError) as caught:
        runtime.write(body, {}, tmp_path / "out")
    assert (caught.value.code, caught.value.why) == ("runtime.died", "by signal 9"), caught.value.lines()
    runtime.write("SELECT 1 AS a", {}, tmp_path / "again")


HELD = """
import sys
from pathlib import Path
from lakekit.plugin.provider import Context
from lakekit_spark import _sail

runtime = _sail(Context(Path("."), ".", Path(sys.argv[1]), {"memory": "1GB", "threads": 2}))
runtime.analyse("SELECT 1 AS a", {})
print(runtime._backend._open[0].process.pid, flush=True)

def busy(_):
    from pyspark.sql import functions as f
    def hold(x):
        import ctypes
        ctypes.PyDLL(None).sleep(600)  # without letting any other thread of Python run
        return x
    return runtime._backend._open[1].range(1).select(f.udf(hold, "long")("id").alias("x"))

if sys.argv[2] == "busy":
    runtime.write(busy, {}, Path(sys.argv[1]) / "out")
sys.stdin.read()
"""


@pytest.mark.parametrize("what", ["idle", "busy"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_lakekit_however_that_ends(tmp_path: Path, what: str, how: signal.Signals) -> None:
    (script := tmp_path / "held.py").write_text(HELD)
    command = [sys.executable, str(script), str(tmp_path / "private"), what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lakekit:
        assert lakekit.stdout is not None
        sail = int(lakekit.stdout.readline())
        if what == "busy":
            time.sleep(1)
        os.kill(lakekit.pid, how)
        lakekit.wait()
    assert gone(sail)


def test_no_other_process_can_connect(runtime: SparkRuntime) -> None:
    """Neither by any address of loopback, nor from the port that lakekit's own connection comes from."""
    runtime.analyse("SELECT 1 AS a", {})
    there = port(pid(runtime))
    for source in ("127.0.0.1", "127.0.0.2"):
        with socket.socket() as stranger:
            stranger.settimeout(0.5)
            stranger.bind((source, 0))
            with pytest.raises(TimeoutError):
                stranger.connect(("127.0.0.1", there))
    runtime.analyse("SELECT 1 AS a", {})


KEY = "silver/a b/g=50%25 x=y/[c]*{d}#?é+.parquet"
"""Of an object, with what a URL or a pattern would take for something else."""


@contextmanager
def in_bucket(lake: str, folder: Path) -> Iterator[tuple[SparkRuntime, dict[str, Input]]]:
    """A runtime on a lake in a bucket, and a table there of one file with the number 7."""
    write_parquet(folder / "a.parquet", NUMBER, [(7,)])
    storage = open_storage(lake)
    storage.take({KEY: folder / "a.parquet"})
    made: SparkRuntime = OnSail.registered(Context(folder, lake, folder / "private", OPTIONS))
    try:
        yield made, {"t": Input((storage.address(KEY),), columns=NUMBER)}
    finally:
        made.close()


def test_a_file_in_a_bucket_is_read_whatever_its_name(s3_lakes: str, tmp_path: Path) -> None:
    with in_bucket(s3_lakes, tmp_path) as (runtime, inputs):
        written = runtime.write("SELECT x + 1 AS x FROM t", inputs, tmp_path / "out")
    assert read_parquet([w.path for w in written]) == [(8,)]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault(403, "AccessDenied"), "storage.denied"), (Fault(503, "SlowDown"), "storage.unavailable")],
)
def test_a_bucket_that_fails_is_told_as_any_storage_is(
    s3_lakes: str, s3_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault, code: str
) -> None:
    asked = count()
    with faulty(s3_server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        with in_bucket(s3_lakes, tmp_path) as (runtime, inputs):
            # The first look is lakekit's own, at the columns of the file.
            proxy.policy = lambda method, _: fault if method == "HEAD" and next(asked) else None
            with pytest.raises(StorageError) as caught:
                runtime.write("SELECT x FROM t", inputs, tmp_path / "out")
    assert caught.value.code == code
    assert proxy.struck


def test_an_object_that_is_removed_before_it_is_read_is_an_error(s3_lakes: str, tmp_path: Path) -> None:
    """Sail finds no rows in it, without a word."""

    def body(given: Mapping[str, Any]) -> Any:
        open_storage(s3_lakes).delete(KEY)
        return given["t"]

    with in_bucket(s3_lakes, tmp_path) as (runtime, inputs), pytest.raises(EngineError) as caught:
        runtime.write(body, inputs, tmp_path / "out")
    assert caught.value.where == inputs["t"].files[0]


def test_views_of_what_is_never_written_do_not_pile_up(runtime: Any, tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", NUMBER, [(1,)])
    inputs = {"t": Input((str(tmp_path / "t.parquet"),), columns=NUMBER)}
    for number in range(30):
        runtime.analyse(f"SELECT x + {number} AS x FROM t", inputs)
    session = runtime._backend.session()
    assert len(session.catalog.listTables()) < 10
    runtime.write("SELECT x + 29 AS x FROM t", inputs, tmp_path / "out")
    assert len(session.catalog.listTables()) < 9


def test_the_socket_is_in_a_folder_of_its_owner_alone(runtime: Any) -> None:
    runtime.analyse("SELECT 1 AS a", {})
    assert runtime._backend.guarded
    assert runtime._backend._open[0].scratch.folder.stat().st_mode & 0o777 == 0o700


def test_nothing_is_started_before_it_is_needed(runtime: Any) -> None:
    assert runtime.capabilities == frozenset()
    with pytest.raises(EngineError, match="nope"):
        runtime.analyse("SELECT * FROM nope", {})
    assert runtime._backend._open is None


@pytest.mark.parametrize("options", [{"remote": "sc://x"}, {"memory": "1MB"}, {"threads": 0}])
def test_options_that_mean_nothing_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        OnSail.registered(context(tmp_path / "private", **options))


class TestDifferences:
    """Each is told in docs/engines.md; the test fails when it has gone away."""

    @each
    def test_sail_answers_otherwise(
        self, shared_sail: SparkRuntime, tmp_path: Path, query: str, sail: object, spark: object
    ) -> None:
        assert sail != spark
        assert answer(shared_sail, query, tmp_path / "out") == sail

    def test_decimals_may_have_more_digits_than_there_are(self, shared_sail: SparkRuntime, tmp_path: Path) -> None:
        """What is written is no decimal(38,0); Spark raises NUMERIC_VALUE_OUT_OF_RANGE."""
        written = shared_sail.write(f"SELECT {LARGEST} + x AS a FROM VALUES (1) AS v(x)", {}, tmp_path / "out")
        assert sum(w.rows for w in written) == 1

    def test_a_constant_without_a_result_is_found_early(self, shared_sail: SparkRuntime) -> None:
        with pytest.raises(EngineError) as caught:
            shared_sail.analyse("SELECT 1 / 0 AS a", {})
        assert (caught.value.code, caught.value.why) == ("runtime.failed", "DIVIDE_BY_ZERO")

    @pytest.mark.parametrize(
        ("query", "name", "place"),
        [
            ("SELECT * FROM (SELECT 1 AS a, 2 AS b) PIVOT (sum(b) FOR a IN (1, 2))", "PIVOT", "1:46"),
            ("SELECT id FROM range(3) QUALIFY row_number() OVER (ORDER BY id) = 1", "QUALIFY", "1:33"),
            ("SELECT x, count(*) AS n\nFROM VALUES (1) AS v(x) GROUP BY ALL", "GROUP BY ALL", "2:25"),
            ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r", "RECURSIVE", "1:1"),
            ("SELECT * EXCEPT (x) FROM VALUES (1, 2) AS v(x, y)", "EXCEPT", "1:8"),
            ("SELECT 1 AS a UNION ALL BY NAME SELECT 2 AS a", "BY NAME", "1:8"),
            ("FROM range(3) SELECT id", "FROM before SELECT", "1:1"),
            ("FROM range(3) |> WHERE id > 1", "FROM before SELECT", "1:1"),
            ("SELECT id FROM range(3) WHERE id = :x", "parameters", ""),
        ],
    )
    def test_what_it_does_not_know_is_refused_at_its_place(
        self, shared_sail: SparkRuntime, query: str, name: str, place: str
    ) -> None:
        with pytest.raises(UnsupportedCapability, match=f"sail has no .*{re.escape(name)}") as caught:
            shared_sail.analyse(query, {})
        assert (caught.value.code, caught.value.where) == ("runtime.unsupported", place)

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT session_window(TIMESTAMP '2020-01-01 00:00:00', '1 hour') AS a",
            "SELECT 'a' COLLATE UTF8_LCASE = 'A' AS a",
        ],
    )
    def test_some_of_sql_is_refused(self, shared_sail: SparkRuntime, query: str) -> None:
        with pytest.raises(LakekitError):
            shared_sail.analyse(query, {})

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT id IN (SELECT id FROM range(2)) AS found FROM range(3)",
            "SELECT id FROM range(3) WHERE count(*) > 1",
        ],
    )
    def test_what_it_plans_and_cannot_run_is_unsupported(
        self, shared_sail: SparkRuntime, query: str, tmp_path: Path
    ) -> None:
        with pytest.raises(UnsupportedCapability) as caught:
            shared_sail.write(query, {}, tmp_path / "out")
        assert caught.value.code == "runtime.unsupported"


def test_a_program_that_has_no_file_is_no_other_program(tmp_path: Path) -> None:
    code = """
from pathlib import Path
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
folder = Path.cwd()
context = Context(folder, str(folder), folder, {"memory": "1GB", "threads": 1})
runtime = load_plugins().make(Port.RUNTIME, "sail", context)
print(sum(written.rows for written in runtime.write("SELECT 1 AS a", {}, folder / "made")))
runtime.close()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
