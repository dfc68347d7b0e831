"""`.env` files of a project: variables for the settings, for references to secrets, and for drivers."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

from lakekit.domain.errors import ConfigError

FILE = ".env"


def load_env_files(project_dir: Path, environment: str) -> None:
    """Set the variables of `.env.<environment>` and `.env` that this process does not have; the first has precedence
    over the second, and what is set already over both. Files that are not there are none.

    Raises ConfigError `config.bad_env_line` and `config.unreadable`; no value is told.
    """
    for name in (f"{FILE}.{environment}", FILE):
        path = project_dir / name
        if path.is_file():
            for key, value in _read(path, name).items():
                os.environ.setdefault(key, value)


def _read(path: Path, name: str) -> dict[str, str]:
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "config.unreadable",
            f"{name} cannot be read",
            where=name,
            why=getattr(error, "strerror", None) or "it is not UTF-8",
            next="check its permissions, and save it as UTF-8",
        ) from None
    for line in parse_stream(StringIO(text)):
        if line.error or (line.key is not None and line.value is None) or "\0" in (line.value or ""):
            skipped = line.original.string[: len(line.original.string) - len(line.original.string.lstrip())]
            raise _bad_line(name, line.original.line + skipped.count("\n"))
    # A value stands as it is written: a password may have any characters.
    told = dotenv_values(stream=StringIO(text), interpolate=False)
    return {key: value for key, value in told.items() if value is not None}


def _bad_line(name: str, line: int) -> ConfigError:
    return ConfigError(
        "config.bad_env_line",
        "the line sets no variable",
        where=f"{name}:{line}",
        why="a quote may be open, or `=` missing",
        next="write NAME=value, or NAME='value' where it has blanks or #",
    )
