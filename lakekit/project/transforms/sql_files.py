"""A transform as a file of Spark SQL. A block comment at its very top holds its options, as YAML."""

from __future__ import annotations

from lakekit.project.nodes import Node, Place
from lakekit.project.yaml_tree import yaml_tree

_OPEN, _CLOSE = "/*", "*/"


def options_node(content: str, file: str) -> Node | None:
    """The options of a SQL file; None where it begins with something else. Raises ConfigError, at the place in the
    file, for what is no YAML, and for a comment that has no end."""
    start = len(content) - len(content.lstrip())
    if not content.startswith(_OPEN, start):
        return None
    end = content.find(_CLOSE, start + len(_OPEN))
    if end < 0:
        before = content[:start]
        raise Place(file, before.count("\n") + 1, start - before.rfind("\n")).error(
            "config.syntax",
            "a comment has no end",
            "the block at the top of a transform holds its options",
            "end it with */",
        )
    # Blanks in place of what stands before keep lines and columns as they are in the file.
    before = "".join(c if c == "\n" else " " for c in content[: start + len(_OPEN)])
    inside = content[start + len(_OPEN) : end]
    return yaml_tree(before + inside, file) if inside.strip() else None
