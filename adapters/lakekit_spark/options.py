"""Which Spark to use, and how much of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from attrs import field, frozen

from lakekit.domain.errors import ConfigError

KNOWN = ("memory", "threads", "master", "remote", "conf")

PATIENCE = "spark.lakekit.executorPatience"
"""Under `conf`: seconds."""

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([KMGT])(i?)B", re.IGNORECASE)
_SECRET = re.compile(r"fs\.s3a\..*(access\.key|secret\.key|session\.token)$", re.IGNORECASE)
_LEAST = 512
"""MiB. Spark itself refuses to start with less than 450."""


@frozen
class Options:
    """`remote` is a Spark Connect address; else `master` is a master's, None for the session that is there already,
    or for this machine. `memory`, in MiB, and `threads` are of the driver, which on one machine does all the work."""

    memory: int = 2048
    threads: int = 1
    master: str | None = None
    remote: str | None = None
    conf: Mapping[str, str] = field(factory=dict)

    @property
    def local(self) -> str:
        """The master on this machine."""
        return f"local[{self.threads}]"

    @property
    def local_work(self) -> bool:
        """Whether lakekit, if it starts Spark, does the work on this machine."""
        return self.remote is None and (self.master or "local").startswith("local")

    @property
    def patience(self) -> float | None:
        """For how many seconds a query may have no executor of a master; None where nobody counts: a queue of YARN may
        take hours."""
        return float(self.conf.get(PATIENCE, 120)) if (self.master or "").startswith("spark://") else None


def read_options(options: Mapping[str, object]) -> Options:
    """The options as the settings name them. Raises ConfigError for one that is unknown or has no meaning."""
    if unknown := options.keys() - set(KNOWN):
        raise ConfigError(
            "engine.unknown_option", f"spark has no option {min(unknown)!r}", next=f"it has {', '.join(KNOWN)}"
        )
    if "master" in options and "remote" in options:
        raise ConfigError("engine.two_sparks", "`master` and `remote` name two Sparks", next="keep one of them")
    return Options(
        memory=_memory(options["memory"]) if "memory" in options else 2048,
        threads=_threads(options.get("threads", len(os.sched_getaffinity(0)))),
        master=_address(options, "master", r"(local|spark://|yarn|k8s://).*", "local[2], spark://host:7077 or yarn"),
        remote=_address(options, "remote", r"sc://[^/\s]+.*", "sc://host:15002"),
        conf=_conf(options.get("conf", {})),
    )


def _memory(told: object) -> int:
    match = _SIZE.fullmatch(told.strip()) if isinstance(told, str) else None
    size = 0.0
    if match:
        size = float(match[1]) * (1024 if match[3] else 1000) ** " KMGT".index(match[2].upper()) / 2**20
    if size < _LEAST:
        raise ConfigError("engine.memory", f"{told!r} is not enough memory for Spark", next="write a size such as 2GB")
    return int(size)


def _threads(told: object) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or told < 1:
        raise ConfigError("engine.threads", f"{told!r} is not a number of threads", next="write a number from 1")
    return told


def _address(options: Mapping[str, object], name: str, pattern: str, example: str) -> str | None:
    told = options.get(name)
    if told is None or (isinstance(told, str) and re.fullmatch(pattern, told)):
        return told
    # Not shown: a Connect address may carry a token.
    raise ConfigError(f"engine.{name}", f"`{name}` is not an address of Spark", next=f"write one such as {example}")


def _conf(told: object) -> dict[str, str]:
    if not isinstance(told, Mapping) or any(isinstance(v, (Mapping, list)) for v in told.values()):
        raise ConfigError("engine.conf", "`conf` is not a list of settings", next="write `spark.some.name: value`")
    if secret := next((str(name) for name in told if _SECRET.search(str(name))), None):
        raise ConfigError(
            "engine.secret_in_conf",
            f"`conf` has the credential {secret}",
            why="settings are no place for credentials",
            next="leave it out: Spark finds credentials by the usual AWS chain, on each of its machines",
        )
    return {str(name): _text(value) for name, value in told.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
