"""Spark dies under a batch, really: the run ends with a coded error, and the next one completes the batch once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import clusters
from tests.faults.lake import Lake
from tests.spark import CONNECT, LACKS, LOCAL, STANDALONE

HERE = "{name: spark, memory: 600MB, threads: 1}"
PLACES = [
    f"kill:{moment}:{call}:{number}"
    for call, numbers in (("engine.rows", (1,)), ("engine.write", (1, 2, 3)), ("tables.commit", (1, 2)))
    for number in numbers
    for moment in ("before", "after")
]
SAMPLE = ("kill:before:engine.write:2",)

FOREVER = """\
import json, sys
from pathlib import Path
from sqlglot import parse_one
from lakekit.domain.errors import LakekitError
from lakekit_spark.engine import SparkEngine
from lakekit_spark.options import read_options

engine = SparkEngine(read_options(json.loads(sys.argv[1])))
query = "SELECT a.id AS n FROM RANGE(10000000) AS a CROSS JOIN RANGE(10000000) AS b WHERE a.id + b.id < 0"
try:
    engine.write(parse_one(query, read="spark"), {}, Path(sys.argv[2]))
except LakekitError as error:
    print("\\n".join(error.lines()))
engine.close()
"""


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def on_master(server: clusters.Server, **conf: str) -> dict[str, object]:
    return {"memory": "600MB", "master": server.address, "conf": {**clusters.DRIVER, **conf}}


def line(options: dict[str, object]) -> str:
    return json.dumps({"name": "spark", **options})


def interrupted(lake: Lake, kill: Callable[[int], None]) -> str:
    """What a run tells in the middle of which `kill` was called, with its id, after its first query."""
    run = lake.start("orders", fault="pause:after:engine.rows:1")
    assert run.wait_until_paused()
    kill(run.pid)
    ended = run.wake()
    assert ended.code == 1, ended
    assert "Traceback" not in ended.text
    return ended.text


def kill_java(pid: int) -> None:
    (java,) = children(pid)
    os.kill(java, signal.SIGKILL)


def ended_while_working(options: dict[str, object], folder: Path, kill: Callable[[int], None]) -> list[str]:
    """The lines of the error of a query that runs for hours, when `kill` is called while it does; nothing else is
    told."""
    command = [sys.executable, "-c", FOREVER, json.dumps(options), str(folder / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        until = time.monotonic() + clusters.PATIENCE
        while not (folder / "out" / "_temporary" / "0").exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        kill(process.pid)
        told, noise = process.communicate()
    assert noise == ""
    return told.splitlines()


class TestHere:
    pytestmark = LOCAL

    def test_spark_killed_while_a_query_runs_is_told_in_few_lines(self, tmp_path: Path) -> None:
        told = ended_while_working({"memory": "600MB", "threads": 1}, tmp_path, kill_java)
        assert told[0].startswith("engine.connection_lost")
        assert len(told) <= 5

    def test_spark_killed_in_the_middle_of_a_batch_and_run_again_publishes_once(self, lake: Lake, clean: Lake) -> None:
        lake.moved(HERE)
        assert "engine.connection_lost" in interrupted(lake, kill_java)
        assert lake.run("orders").done
        assert lake.state("orders") == clean.state("orders")

    @pytest.mark.parametrize("fault", SAMPLE)
    def test_killed_and_run_again_leaves_what_a_clean_run_of_the_embedded_engine_leaves(
        self, fault: str, lake: Lake, clean: Lake
    ) -> None:
        swept(fault, lake, clean)


@pytest.mark.faults_long
@pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")
@pytest.mark.parametrize("fault", [place for place in PLACES if place not in SAMPLE])
def test_killed_at_any_place_that_spark_works_at_and_run_again(fault: str, lake: Lake, clean: Lake) -> None:
    swept(fault, lake, clean)


def swept(fault: str, lake: Lake, clean: Lake) -> None:
    lake.moved(HERE)
    assert lake.run("orders", fault=fault).killed
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


class TestOnAMaster:
    pytestmark = STANDALONE

    def test_a_worker_killed_in_the_middle_of_a_batch_is_waited_for_so_long_and_no_longer(
        self, lake: Lake, clean: Lake, tmp_path: Path
    ) -> None:
        with clusters.master(tmp_path) as master:
            lake.moved(line(on_master(master, **{"spark.lakekit.executorPatience": "10"})))
            with clusters.worker(tmp_path, master) as worker:
                assert "engine.no_executors" in interrupted(lake, lambda _: worker.kill())
            with clusters.worker(tmp_path, master):
                assert lake.run("orders").done
        assert lake.state("orders") == clean.state("orders")

    def test_an_executor_killed_in_the_middle_of_a_batch_is_replaced(
        self, lake: Lake, clean: Lake, tmp_path: Path
    ) -> None:
        with clusters.master(tmp_path) as master, clusters.worker(tmp_path, master) as worker:
            run = lake.moved(line(on_master(master))).start("orders", fault="pause:after:engine.rows:1")
            assert run.wait_until_paused()
            executors = children(worker.process.pid)
            assert executors
            for executor in executors:
                os.kill(executor, signal.SIGKILL)
            assert run.wake().done
        assert lake.state("orders") == clean.state("orders")

    def test_a_worker_killed_while_a_query_runs_is_told_in_few_lines(self, tmp_path: Path) -> None:
        with clusters.master(tmp_path) as master, clusters.worker(tmp_path, master) as worker:
            options = on_master(master, **{"spark.lakekit.executorPatience": "5"})
            told = ended_while_working(options, tmp_path, lambda _: worker.kill())
        assert told[0].startswith("engine.no_executors")
        assert len(told) <= 5

    def test_a_master_that_is_not_there_is_told_at_once(self, lake: Lake, begun: Lake) -> None:
        ended = lake.moved("{name: spark, master: 'spark://127.0.0.1:1'}").run("orders")
        assert ended.code == 1
        assert "engine.unreachable" in ended.text
        assert lake.rows("orders") == begun.rows("orders")


class TestConnect:
    pytestmark = CONNECT

    def test_a_server_killed_in_the_middle_of_a_batch_and_started_again_publishes_once(
        self, lake: Lake, clean: Lake, tmp_path: Path
    ) -> None:
        with clusters.connect_server(tmp_path) as server:
            lake.moved(line({"remote": server.address}))
            assert "engine.connection_lost" in interrupted(lake, lambda _: server.kill())
            ended = lake.run("orders")
            assert (ended.code, "engine.unreachable" in ended.text) == (1, True), ended
        with clusters.connect_server(tmp_path) as again:
            settings = lake.root / "config" / "dev.yaml"
            settings.write_text(settings.read_text().replace(server.address, again.address))
            assert lake.run("orders").done
        assert lake.state("orders") == clean.state("orders")

    def test_a_server_killed_while_a_query_runs_is_told_in_few_lines(self, tmp_path: Path) -> None:
        with clusters.connect_server(tmp_path) as server:
            told = ended_while_working({"remote": server.address}, tmp_path, lambda _: server.kill())
        assert told[0].startswith("engine.connection_lost")
        assert len(told) <= 5
