"""Real servers of Spark on loopback: a standalone master with a worker, and Spark Connect. Each is a process that the
test started, in a group of its own with the executors that it starts, and is ended by its id."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from attrs import frozen

PATIENCE = 120.0
STACK = "-Xss64m"
"""As docs/engines.md asks of servers that somebody else starts."""

DRIVER = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "512m",
    # A worker has room for two such applications: one that a test starts beside that of all others.
    "spark.cores.max": "1",
    "spark.sql.shuffle.partitions": "2",
}
"""For a driver that a test starts: nothing of it is open to others, and small data stays small."""

_NUMBER = count()


@frozen(eq=False)
class Server:
    """A process that has said where it listens."""

    process: subprocess.Popen[bytes]
    address: str

    def kill(self) -> None:
        """SIGKILL to the server, and to nothing that it started."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End it and all that it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(10 if number == signal.SIGTERM else None)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


@contextmanager
def connect_server(folder: Path, **conf: str) -> Iterator[Server]:
    """A Spark Connect server that works with two threads; pip's pyspark has its class, but no script that starts it."""
    told = {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": STACK,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": "0",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.shuffle.partitions": "2",
        **conf,
    }
    options = [word for name, value in told.items() for word in ("--conf", f"{name}={value}")]
    command = ["spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", *options]
    server = _started(command, folder, r"Spark Connect server started at: (\S+)", {"SPARK_DAEMON_MEMORY": "768m"})
    try:
        yield Server(server.process, f"sc://{server.address}")
    finally:
        server.close()


@contextmanager
def master(folder: Path) -> Iterator[Server]:
    """A standalone master without workers."""
    command = ["spark-class", "org.apache.spark.deploy.master.Master"]
    where = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    # Its REST server would listen on a fixed port.
    options = {"SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false"}
    server = _started([*command, *where], folder, r"Starting Spark master at (spark://\S+)", options)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def worker(folder: Path, master: Server) -> Iterator[Server]:
    """A worker with two cores that has registered with the master."""
    command = ["spark-class", "org.apache.spark.deploy.worker.Worker", master.address]
    where = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    size = ["--cores", "2", "--memory", "1g", "--work-dir", str(folder / "work")]
    registered = r"Successfully registered with master (spark://\S+)"
    server = _started([*command, *where, *size], folder, registered, {"SPARK_LOCAL_DIRS": str(folder)})
    try:
        yield server
    finally:
        server.close()


def spark_home() -> Path:
    """Where pip put Spark."""
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def environment(**more: str) -> dict[str, str]:
    """For processes of Spark: they listen on loopback alone, and know nothing of another Spark of this machine."""
    kept = {name: value for name, value in os.environ.items() if "SPARK" not in name}
    return {**kept, "SPARK_HOME": str(spark_home()), "SPARK_LOCAL_IP": "127.0.0.1", **more}


def _started(command: list[str], folder: Path, says: str, more: Mapping[str, str]) -> Server:
    """The server, once its log says where it listens."""
    log = folder / f"server-{next(_NUMBER)}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(spark_home() / "bin" / command[0]), *command[1:]],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, start_new_session=True,
            env=environment(**{"SPARK_DAEMON_MEMORY": "256m", **more}),
        )  # fmt: skip
    until = time.monotonic() + PATIENCE
    while not (match := re.search(says, log.read_text("utf-8", "replace"))):
        if process.poll() is not None or time.monotonic() > until:
            Server(process, "").close()
            raise AssertionError(f"{command} did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")
        time.sleep(0.1)
    return Server(process, match[1])
