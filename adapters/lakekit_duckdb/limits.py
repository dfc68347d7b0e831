"""How much of the machine the engine may use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from lakekit.domain.errors import ConfigError

MIB = 2**20
LEAST, MOST, SHARE = 512 * MIB, 8192 * MIB, 4
"""Unless told otherwise: a quarter of the memory, as others work here too, within these bounds."""

PER_THREAD = 128 * MIB
"""Below this a thread spills what it could have kept."""

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([KMGT]?)(i?)B", re.IGNORECASE)
_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@frozen
class Limits:
    """Memory in bytes, for all queries together, and threads."""

    memory: int
    threads: int


def limits(options: Mapping[str, object]) -> Limits:
    """The limits that the options `memory` and `threads` set, with defaults that suit this machine.

    Raises ConfigError for another option, a size that is none or below 64 MB, and threads below 1.
    """
    if unknown := options.keys() - {"memory", "threads"}:
        raise ConfigError(
            "engine.unknown_option", f"duckdb has no option {min(unknown)!r}", next="it has memory and threads"
        )
    memory = parse_size(options["memory"]) if "memory" in options else default_memory(_memories())
    threads = options.get("threads", default_threads(memory, len(os.sched_getaffinity(0))))
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
        raise ConfigError("engine.threads", f"{threads!r} is not a number of threads", next="write a number from 1")
    return Limits(memory, threads)


def parse_size(told: object) -> int:
    """Bytes of `512MB`, `1.5 GiB` and the like. Raises ConfigError."""
    match = _SIZE.fullmatch(told.strip()) if isinstance(told, str) else None
    size = 0
    if match:
        size = int(float(match[1]) * (1024 if match[3] else 1000) ** " KMGT".index(match[2].upper() or " "))
    if size < 64_000_000:
        raise ConfigError(
            "engine.memory", f"{told!r} is not enough memory for an engine", next="write a size such as 512MB or 2GB"
        )
    return size


def default_memory(memories: Iterable[int]) -> int:
    """A share of the smallest: the machine's memory, or what a container grants."""
    return min(max(min(memories) // SHARE, LEAST), MOST)


def default_threads(memory: int, processors: int) -> int:
    """All processors that this process may use, as far as each thread has memory to work in."""
    return max(1, min(processors, memory // PER_THREAD))


def _memories() -> Iterable[int]:
    yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in _CGROUPS:
        try:
            told = Path(path).read_text("ascii").strip()
        except OSError:
            continue
        if told.isdigit():
            yield int(told)
