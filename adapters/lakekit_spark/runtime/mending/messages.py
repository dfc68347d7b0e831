"""Plans as Spark Connect sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def messages(message: Any, outside: str = "") -> Iterator[Any]:
    """A message and all in it, but for those that are called `outside` and what is in these."""
    yield message
    for member in _members(message):
        if member.DESCRIPTOR.name != outside:
            yield from messages(member, outside)


def named(message: Any, *names: str, outside: str = "") -> Iterator[Any]:
    """As `messages`, those that are called so."""
    return (found for found in messages(message, outside) if found.DESCRIPTOR.name in names)


def nearest(message: Any, name: str) -> Iterator[Any]:
    """Those within a message that are called so, but for what is in these."""
    for member in _members(message):
        if member.DESCRIPTOR.name == name:
            yield member
        else:
            yield from nearest(member, name)


def fields(message: Any) -> Iterator[tuple[str, list[Any]]]:
    """What is set in a message, each as a list."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            yield field.name, list(value.values())
        else:
            yield field.name, list(value) if field.is_repeated else [value]


def _members(message: Any) -> Iterator[Any]:
    return (member for _, members in fields(message) for member in members if hasattr(member, "ListFields"))
