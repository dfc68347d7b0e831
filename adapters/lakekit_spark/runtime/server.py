"""The process that Sail runs in, started by `lakekit_spark.runtime.process`; it ends when standard input does.

Sail listens on TCP, takes whoever connects, and runs Python functions as the user it runs as. So its port is closed to
everyone but this process, which passes on what reaches a socket in a private folder:

- A packet filter on the listening socket drops every attempt to connect. It lets one source through, for a moment, when
  this process itself connects: the address and port that it has bound, and that nobody else can bind meanwhile.
- Whether a filter does that on this machine is tried out, and told on standard output with the word `open` or `closed`.
- Nothing may have connected before the filter stood, else this process ends.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path

SOCKET = "sail"
CLOSED, OPEN = "closed", "open"
STRANGER = 3
"""The exit code when somebody connected before the port was closed."""

_SO_ATTACH_FILTER = 26
_LOOPBACK = 0x7F000001
_SOURCE_ADDRESS = 0xFFF00000 + 12
"""Of the IP header; that of TCP begins at 0, with the source's port."""
_LOAD_WORD, _LOAD_HALF, _JUMP_EQUAL, _RETURN = 0x20, 0x28, 0x15, 0x06
_TAKE, _DROP = (_RETURN, 0, 0, 0xFFFFFFFF), (_RETURN, 0, 0, 0)
_NOBODY = (_DROP,)
_PATIENCE = 0.05
"""Seconds. On loopback a connection that is taken at all is taken at once."""


def main(folder: str) -> None:
    """Serve on the socket `SOCKET` in `folder`, until standard input ends."""
    _end_with(sys.stdin.fileno())
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)  # and it stops when nothing refers to it any more
    listener = _listener(server.listening_address)
    guarded = _close(listener)
    if guarded and _strangers(listener):
        os._exit(STRANGER)
    asyncio.run(_pass_on(listener, folder, CLOSED if guarded else OPEN))


def can_close() -> bool:
    """Whether a filter keeps connections out on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return _close(listener)


def _end_with(pipe: int) -> None:
    """Have the kernel end this process when the last who could write into the pipe is gone: a function of a user may
    keep Python busy for as long as it likes."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _listener(address: tuple[str, int]) -> socket.socket:
    """This process's socket of that address."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue
        if found.family == socket.AF_INET and found.getsockname() == address:
            return found
        found.close()
    raise RuntimeError("Sail does not listen")


def _close(listener: socket.socket) -> bool:
    """Whether nobody can connect any more."""
    try:
        _attach(listener, _NOBODY)
    except OSError:
        return False
    return not _reachable(listener)


def _attach(listener: socket.socket, program: tuple[tuple[int, int, int, int], ...]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(code)))


def _only(port: int) -> tuple[tuple[int, int, int, int], ...]:
    return (
        (_LOAD_WORD, 0, 0, _SOURCE_ADDRESS),
        (_JUMP_EQUAL, 0, 3, _LOOPBACK),
        (_LOAD_HALF, 0, 0, 0),
        (_JUMP_EQUAL, 0, 1, port),
        _TAKE,
        _DROP,
    )


def _strangers(listener: socket.socket) -> bool:
    """Whether a connection to the port exists."""
    ours = f"0100007F:{listener.getsockname()[1]:04X}"
    lines = Path("/proc/self/net/tcp").read_text("ascii").splitlines()[1:]
    return sum(line.split()[1] == ours for line in lines) > 1


def _reachable(listener: socket.socket) -> bool:
    with socket.socket() as stranger:
        stranger.settimeout(_PATIENCE)
        try:
            stranger.connect(listener.getsockname())
        except OSError:
            return False
        return True


def _connect(listener: socket.socket, *, guarded: bool) -> socket.socket:
    ours = socket.socket()
    ours.bind(("127.0.0.1", 0))
    if guarded:
        _attach(listener, _only(ours.getsockname()[1]))
    try:
        ours.connect(listener.getsockname())
    finally:
        if guarded:
            _attach(listener, _NOBODY)
    return ours


async def _pass_on(listener: socket.socket, folder: str, state: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours = _connect(listener, guarded=state == CLOSED)
        answers, requests = await asyncio.open_connection(sock=ours)
        await asyncio.gather(_copy(reader, requests), _copy(answers, writer))

    # By the folder's descriptor, since the path of a socket may have no more than 107 bytes.
    place = os.open(folder, os.O_PATH)
    async with await asyncio.start_unix_server(serve, f"/proc/self/fd/{place}/{SOCKET}") as server:
        print(state, flush=True)  # noqa: T201  # what the one who started this waits for
        await server.serve_forever()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(2**18):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


if __name__ == "__main__":
    main(sys.argv[1])
