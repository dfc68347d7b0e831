"""Paths of files as a log spells them.

A log names a file by its text, and more than one text is a path's. delta-rs writes them in its own way, also those of
the files that it removes: one that the log spells otherwise stays, and its rows with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from lakekit_delta.driver import reading, unsupported
from lakekit_delta.place import Place

if TYPE_CHECKING:
    from deltalake import DeltaTable

_PLAIN = "/!$&'()+,:;=@"
"""What delta-rs leaves in a path as it is, beyond what every URI does."""


def spelled(folder: Place, table: DeltaTable) -> list[str]:
    """The paths of the loaded version's files as the log spells them."""
    with reading(folder):
        return [str(path) for path in table.get_add_actions(flatten=True).column("path").to_pylist()]


def path_within(folder: Place, text: str) -> str:
    """A file's path within the table's folder."""
    if "://" in text or text.startswith("/"):
        raise unsupported(folder, "files outside of the table's folder (a shallow clone)")
    return unquote(text)


def refuse_spelling(folder: Place, texts: Iterable[str]) -> None:
    """Refuse files that delta-rs would spell otherwise, and so not remove."""
    for text in texts:
        path = path_within(folder, text)
        if quote(path, safe=_PLAIN) != text:
            raise unsupported(folder, f"a path that its log does not escape as delta-rs does: {path}")
