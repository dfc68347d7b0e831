"""A project file as a tree of texts that know where they stand. What a text means is for the model to say."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from lakekit.domain.errors import ConfigError

MAX_DEPTH = 32
"""How deep a file may nest. No setting needs more, and readers that recurse stay safe."""

_SHOWN = 60
_ABSENT = ("", "~", "null", "Null", "NULL")


@frozen
class Place:
    """Where something stands; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def error(self, code: str, what: str, why: str, next: str) -> ConfigError:
        """The error of what stands here."""
        return ConfigError(code, what, where=str(self), why=why, next=next)


@frozen
class Scalar:
    """One value, untyped. `name` is the key that it stands under.

    `plain` says that it was written without quotes, so it may be a number, a truth value or nothing;
    `textual` that it may be a text (a JSON number may not). `shown` is what an error quotes: the text as
    written, before `${NAME}` was replaced.
    """

    name: str
    text: str
    place: Place
    plain: bool
    textual: bool
    shown: str

    @property
    def absent(self) -> bool:
        """Whether the key stands there without a value."""
        return self.plain and self.text in _ABSENT

    @property
    def quoted(self) -> str:
        """The text as written, as an error shows it."""
        return quoted(self.shown)


@frozen
class Series:
    """A list."""

    name: str
    items: tuple[Node, ...]
    place: Place


@frozen
class Fields:
    """Values under keys, none of them twice. `keys` says where each key stands."""

    name: str
    entries: Mapping[str, Node]
    keys: Mapping[str, Place]
    place: Place


Node = Scalar | Series | Fields


def quoted(text: str) -> str:
    """The text as an error shows it: in quotes, on one line, not too long."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def scalar(name: str, text: str, place: Place, *, plain: bool, textual: bool = True) -> Scalar:
    """A value as it was written. Raises ConfigError for characters that no text can carry to a table."""
    for character in text:
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise place.error(
                "config.bad_character",
                f"{name!r} holds U+{ord(character):04X}",
                "NUL and half characters cannot be stored or compared on every engine",
                "take the character out",
            )
    return Scalar(name, text, place, plain, textual, text)


def check_depth(depth: int, place: Place) -> None:
    """Raises ConfigError when `depth` is more than a project file may nest."""
    if depth > MAX_DEPTH:
        raise place.error(
            "config.too_deep",
            f"nested more than {MAX_DEPTH} levels deep",
            "no setting needs that",
            "look for a bracket that is not closed",
        )


def check_new(key: str, place: Place, keys: Mapping[str, Place]) -> None:
    """Raises ConfigError when `key` stands among `keys` already."""
    if key in keys:
        raise place.error(
            "config.duplicate_key",
            f"{key!r} stands here a second time",
            f"it has a value at {keys[key]}, and only one of them could count",
            "remove one of the two",
        )
