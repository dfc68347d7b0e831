"""Plans as Spark Connect sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def messages(message: Any, within: Callable[[Any], bool] = lambda _: True) -> Iterator[Any]:
    """A message and all in it, but for what is in those that are not to be looked `within`."""
    yield message
    for _, members in fields(message):
        for member in members:
            if hasattr(member, "ListFields") and within(member):
                yield from messages(member, within)


def fields(message: Any) -> Iterator[tuple[str, list[Any]]]:
    """What is set in a message, each as a list."""
    for field, value in message.ListFields():
        if hasattr(value, "values"):
            yield field.name, list(value.values())
        else:
            yield field.name, list(value) if field.is_repeated else [value]
