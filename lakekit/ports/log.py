"""What a run leaves for those who look into it later."""

from __future__ import annotations

from typing import Protocol


class Log(Protocol):
    """Receives what happened, as names and fields. Stands outside the publish path: no method raises."""

    def event(self, name: str, /, **fields: object) -> None:
        """Write down one event, such as `batch.sealed`, with what is bound.

        Fields hold names, codes, counts and ids, never a value of a row or a secret. None is left out.
        """
        ...

    def bind(self, **fields: object) -> Log:
        """A log whose every event carries `fields` too; this one stays as it is."""
        ...
