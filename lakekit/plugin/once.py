"""What is made when it is first asked for, and once, whichever thread asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar

_Value = TypeVar("_Value")


class once(cached_property[_Value]):  # noqa: N801  # used as a decorator, like the class that it extends
    """`functools.cached_property` for objects that threads share: who asks meanwhile waits for the first."""

    def __init__(self, make: Callable[[Any], _Value]) -> None:
        super().__init__(make)
        self._making = RLock()

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> _Value:  # type: ignore[override]
        with self._making:
            value: _Value = super().__get__(instance, owner)
            return value
