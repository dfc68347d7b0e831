"""Everything that lakekit can fail with.

    LakekitError            exit 1
    ├── ConfigError         exit 2   a project file, contract or option is wrong
    ├── PluginError         exit 2   an adapter or plugin is missing, broken or collides
    ├── UnsupportedCapability  exit 2   an adapter is asked, before anything runs, for what it cannot do
    ├── GateError           exit 3   a gate held the batch back
    ├── LeaseError          exit 4   another run holds the lease
    ├── SourceError         exit 1   rows cannot be read as promised
    ├── EngineError         exit 1   the engine failed or is out of resources
    ├── TableError          exit 1   a table is missing, foreign, or refuses the commit
    ├── StateError          exit 1   the ledger and the tables do not tell one story
    └── StorageError        exit 1   the lake's folder or bucket cannot be reached, or refuses

A code is stable (`area.problem`); the texts may improve. No text holds a secret or a personal value.
"""

from __future__ import annotations

LONGEST_LINE = 1_000
"""Characters of a line of an error, its label aside."""


class LakekitError(Exception):
    """One failure told in at most five lines: code and what, where, why, next."""

    exit_code = 1

    def __init__(self, code: str, what: str, *, where: str = "", why: str = "", next: str = "") -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.what = what
        self.where = where
        self.why = why
        self.next = next

    def lines(self) -> list[str]:
        """The message as lines: the first carries code and what; where, why and next follow when known."""
        told = (("where", self.where), ("why", self.why), ("next", self.next))
        return [
            f"{self.code}: {_one_line(self.what)}",
            *(f"  {label}: {_one_line(text)}" for label, text in told if text),
        ]


class ConfigError(LakekitError):
    exit_code = 2


class PluginError(LakekitError):
    exit_code = 2


class UnsupportedCapability(LakekitError):
    exit_code = 2


class GateError(LakekitError):
    exit_code = 3


class LeaseError(LakekitError):
    exit_code = 4


class SourceError(LakekitError):
    pass


class EngineError(LakekitError):
    pass


class TableError(LakekitError):
    pass


class StateError(LakekitError):
    pass


class StorageError(LakekitError):
    pass


def _one_line(text: str) -> str:
    """Names come from files: none may steer a terminal, or fill it."""
    told = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in " ".join(text.split()))
    return told if len(told) <= LONGEST_LINE else f"{told[:LONGEST_LINE]}..."
