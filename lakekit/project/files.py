"""Reading a project's files. Names are relative to the project's folder, `/`-separated."""

from __future__ import annotations

from pathlib import Path

from lakekit.domain.errors import ConfigError
from lakekit.project.json_tree import json_tree
from lakekit.project.nodes import Node, Place
from lakekit.project.yaml_tree import yaml_tree

MAX_BYTES = 1_000_000


def read_yaml(root: Path, file: str) -> Node:
    """The tree of a YAML file. Raises ConfigError when it cannot be read or is not YAML in UTF-8."""
    return yaml_tree(read_text(root, file), file)


def read_json(root: Path, file: str) -> Node:
    """The tree of a JSON file. Raises ConfigError when it cannot be read or is not JSON in UTF-8."""
    return json_tree(read_text(root, file), file)


def is_there(root: Path, file: str) -> bool:
    """Whether the file exists. True also where nobody may look, so that reading it tells why."""
    try:
        return (root / file).is_file()
    except OSError:
        return True


def read_text(root: Path, file: str) -> str:
    """The text of a file. Raises ConfigError when it cannot be read, is too large, or is not UTF-8."""
    content = _content(root, file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8-sig")) + 1
        raise Place(file, before.count(b"\n") + 1, column).error(
            "config.not_utf8",
            f"{file} is not UTF-8",
            "bytes stand here that are no character in UTF-8",
            "save the file as UTF-8",
        ) from None


def _content(root: Path, file: str) -> bytes:
    try:
        with (root / file).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            "config.unreadable",
            f"{file} cannot be read",
            where=file,
            why=error.strerror or type(error).__name__,
            next="check the path and its permissions",
        ) from None
    if len(content) > MAX_BYTES:
        raise Place(file).error(
            "config.too_large",
            f"{file} is larger than {MAX_BYTES} bytes",
            "no project file needs that",
            "check that it is the file you mean",
        )
    return content
