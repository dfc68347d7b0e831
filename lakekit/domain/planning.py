"""What the next build of a transform does, and why: a pure decision from its last build and the state of its inputs.

An incremental build must give what a rebuild would. So a decision for less than everything needs, of each input, that
nothing but what is read again has changed.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from attrs import frozen

from lakekit.domain.build import Build, Pin, Scope
from lakekit.domain.schema import ColumnChange
from lakekit.domain.transform import Materialization, Transform


class Cause(enum.Enum):
    """Why a transform is built."""

    NEVER_BUILT = "never_built"
    REFRESH = "full_refresh"
    CODE = "code_changed"
    CONTRACT = "contract_changed"
    FOREIGN = "changed_by_others"
    INPUT = "new_input"
    UPSTREAM = "upstream_planned"


@frozen
class Reason:
    """A cause, and of what: an input, a column, a sentence for a person."""

    cause: Cause
    about: str = ""


class Loss(enum.Enum):
    """What a build takes away from a table, and its inputs may not give again: rows that earlier builds have gathered,
    rows or changes that are nobody's but others', columns or the types that they have."""

    GATHERED = "gathered_rows"
    FOREIGN = "rows_of_others"
    COLUMNS = "columns"


class Movement(enum.Enum):
    """What became of an input's rows since it was last read: nothing, more of them, others too, or nobody can tell."""

    NONE = "none"
    ADDED = "added"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@frozen
class InputState:
    """An input as it is read now. `files`, `rows` (None where the log does not tell) and `size` in bytes are of what
    moved since the last build, of the whole table where all of it is read. `lost` says that files of rows which moved
    are there no more: a vacuum took them."""

    pin: Pin
    movement: Movement
    files: int = 0
    rows: int | None = None
    size: int = 0
    lost: bool = False


@frozen
class Decision:
    """`scope` is what is evaluated, None for nothing. With `rebuild` its rows are the whole table, whatever the
    materialization. `instead` says why less than everything could not be read, "" where that was not wanted."""

    scope: Scope | None
    rebuild: bool = False
    reasons: tuple[Reason, ...] = ()
    instead: str = ""

    @property
    def refresh(self) -> bool:
        """Whether somebody asked for a rebuild."""
        return any(reason.cause is Cause.REFRESH for reason in self.reasons)


def decide(
    transform: Transform, last: Build | None, inputs: Sequence[InputState], *, refresh: bool, foreign: bool
) -> Decision:
    """`last` is the build that the table holds. `refresh` asks for a rebuild; `foreign` says that others have changed
    rows of the table since that build."""
    keeps = transform.keeps_events  # what is told anew is added to what is kept, and never replaces it
    if last is None:
        return Decision(
            Scope.FULL, not keeps, (Reason(Cause.NEVER_BUILT), *([Reason(Cause.REFRESH)] if refresh else []))
        )
    if why := _rebuilding(transform, last, refresh=refresh, foreign=foreign):
        return Decision(Scope.FULL, not keeps, why)
    moved = [state for state in inputs if state.movement is not Movement.NONE]
    if not moved:
        return Decision(None)
    reasons = tuple(Reason(Cause.INPUT, state.pin.dataset) for state in moved)
    if not transform.incremental:
        return Decision(Scope.FULL, transform.materialization is Materialization.REPLACE, reasons)
    if obstacle := _obstacle(transform, moved):
        return Decision(Scope.FULL, not keeps, reasons, obstacle)
    return Decision(Scope.KEYS if transform.affected_by else Scope.NEW_ROWS, False, reasons)


def losses(transform: Transform, columns: Sequence[ColumnChange], *, foreign: bool) -> tuple[Loss, ...]:
    """What a rebuild takes away from a table that has rows, and changes its columns so. `foreign` says that the table
    has rows or changes of others. Increments have made what a rebuild makes, and of a dimension the events stay, which
    tell all of it."""
    gathers = transform.materialization in (Materialization.PARTITION, Materialization.MERGE)
    told = (
        (Loss.GATHERED, gathers and not transform.incremental),
        (Loss.FOREIGN, foreign),
        (Loss.COLUMNS, any(change.before is not None for change in columns)),
    )
    return tuple(loss for loss, holds in told if holds)


def _rebuilding(transform: Transform, last: Build, *, refresh: bool, foreign: bool) -> tuple[Reason, ...]:
    told = (
        (Cause.REFRESH, refresh),
        (Cause.CODE, last.code != transform.code),
        (Cause.CONTRACT, last.contract != transform.contract_version),
        (Cause.FOREIGN, foreign and not transform.keeps_events),
    )
    return tuple(Reason(cause) for cause, holds in told if holds)


def _obstacle(transform: Transform, moved: Sequence[InputState]) -> str:
    """Why what is new cannot be read by itself; "" where it can."""
    for state in moved:
        name = state.pin.dataset
        if name not in transform.followed:
            return f"{name} has changed, and is read in full"
        if state.movement is Movement.UNKNOWN:
            return f"what became of {name} since the last build can no longer be told"
        if state.lost:
            return f"files of {name} that were added or removed since the last build have been vacuumed"
        if state.movement is Movement.CHANGED and not transform.affected_by:
            return f"rows of {name} were changed or removed, and no affected_by says which rows that concerns"
    return ""
