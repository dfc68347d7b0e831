"""A small project on disk, to be broken in one place at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.project import load
from lakekit.project.model import Settings

MARK = "‸"
"""Stands in a text before the very character at which an error must point."""

SETTINGS = """\
lake: ./lake
sources:
  events:
    path: data/*.csv
    load_type: incremental
    watermark_column: at
"""
CONTRACT = """\
{
  "name": "events",
  "keys": ["id"],
  "columns": [
    {"name": "id", "type": "long", "required": true},
    {"name": "at", "type": "timestamp"},
    {"name": "day", "type": "date"},
    {"name": "mail", "type": "string", "pii": "email"},
    {"name": "who", "type": "long", "pii": "person"},
    {"name": "amount", "type": "decimal(10,2)"}
  ]
}
"""


class Project:
    """A project's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("config/dev.yaml", SETTINGS)
        self.write("config/schema_definitions/events.schema.json", CONTRACT)

    def write(self, file: str, content: str | bytes) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)

    def remove(self, file: str) -> None:
        (self.root / file).unlink()

    def load(self, environment: str | None = None, env: Mapping[str, str] | None = None) -> Settings:
        return load(self.root, environment, env or {})

    def error(self, environment: str | None = None, env: Mapping[str, str] | None = None) -> ConfigError:
        """The error that loading raises; it says all that a person needs, in at most five lines."""
        with pytest.raises(ConfigError) as caught:
            self.load(environment, env)
        error = caught.value
        assert error.where
        assert error.why
        assert error.next
        assert len("\n".join(error.lines()).splitlines()) == 4
        return error

    def error_at_mark(self, file: str, text: str, env: Mapping[str, str] | None = None) -> ConfigError:
        """The error that loading raises with `text` as `file`; it points at the mark in the text."""
        before = text[: text.index(MARK)]
        self.write(file, text.replace(MARK, ""))
        error = self.error(env=env)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        assert error.where == f"{file}:{line}:{column}"
        return error


@pytest.fixture
def project() -> Iterator[Project]:
    with TemporaryDirectory() as folder:
        yield Project(Path(folder))
