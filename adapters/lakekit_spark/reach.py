"""What Spark would find missing only after minutes, or not tell at all: looked for before it starts."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lakekit.domain.errors import EngineError

_SECONDS = 5.0
_ADDRESS = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:,\[\]]+)):(?P<port>\d{1,5})")


def require_master(master: str | None) -> None:
    """Raises EngineError when none of the hosts of `spark://host:port,host:port` lets itself be talked to. Spark itself
    tries for a minute, which no setting shortens."""
    if not (master or "").startswith("spark://"):
        return
    if not any(_answers(*address) for address in _addresses(str(master))):
        raise EngineError(
            "engine.unreachable",
            "the Spark master does not answer",
            where=str(master),
            next="check `master` under `engine` in the settings, and that the master runs; then run again",
        )


def _addresses(master: str) -> list[tuple[str, int]]:
    found = _ADDRESS.finditer(master.removeprefix("spark://"))
    return [(match["v6"] or match["host"], int(match["port"])) for match in found]


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=_SECONDS):
            return True
    except (OSError, OverflowError):
        return False


def require_jars(conf: Mapping[str, str]) -> None:
    """Raises EngineError for a file of `spark.jars` that is not there: Spark would go on without it."""
    for jar in filter(None, (told.strip() for told in conf.get("spark.jars", "").split(","))):
        path = _local(jar)
        if path is not None and "*" not in jar and not path.is_file():
            raise EngineError(
                "engine.jar_missing",
                "a jar that Spark should load is not there",
                where=str(path),
                next="correct `spark.jars` under `engine`, `conf` in the settings, or put the jar there",
            )


def _local(jar: str) -> Path | None:
    parts = urlsplit(jar)
    return Path(unquote(parts.path)) if parts.scheme in {"", "file"} else None
