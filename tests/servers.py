"""S3 servers on a free loopback port, each ended by its own pid."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from attrs import frozen

ACCESS_KEY, SECRET_KEY = "lakekit-tests", "not-a-secret"
PATIENCE = 60.0


@frozen
class Server:
    """A server that speaks S3, with a bucket of its own for whoever asks."""

    endpoint: str

    @property
    def environment(self) -> Mapping[str, str]:
        """What the usual AWS chain reads."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def bucket(self, name: str) -> str:
        """A new bucket; the lake's address in it."""
        from botocore.session import get_session

        client = get_session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )
        client.create_bucket(Bucket=name)
        return f"s3://{name}/lake"


@contextmanager
def moto() -> Iterator[Server]:
    """moto's server: starts in two seconds, keeps objects in memory."""
    with _free_port() as port:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with _running(command, {}, f"http://127.0.0.1:{port}") as server:
            yield server


@contextmanager
def versitygw(program: str, folder: Path) -> Iterator[Server]:
    """versitygw over a folder: a server whose conditional writes hold in races."""
    keys = {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
    with _free_port() as port:
        command = [program, "--port", f"127.0.0.1:{port}", "posix", str(folder)]
        with _running(command, keys, f"http://127.0.0.1:{port}") as server:
            yield server


@contextmanager
def _running(command: Sequence[str], variables: Mapping[str, str], endpoint: str) -> Iterator[Server]:
    process = subprocess.Popen(
        command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, endpoint)
        yield Server(endpoint)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait(process: subprocess.Popen[bytes], endpoint: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(endpoint, timeout=5).close()
        except HTTPError:
            return
        except OSError:  # not there yet, or too busy with its start to answer
            time.sleep(0.05)
            continue
        return
    raise RuntimeError(f"{Path(process.args[0]).name} did not start")  # type: ignore[index]


@contextmanager
def _free_port() -> Iterator[int]:
    """A port that the system gives to nobody else until the block ends, as a socket has it that does not listen.

    On Linux a server may listen beside that socket, as both allow it (SO_REUSEADDR). Elsewhere it may not, and somebody
    else can be faster.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        if not sys.platform.startswith("linux"):
            holder.close()
        yield port
