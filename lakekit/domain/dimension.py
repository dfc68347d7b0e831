"""Dimensions: tables that are a function of the set of events of their keys, whatever the order in which these came.

The semantics are those of declarative change data capture. An event says what the row of a key is from a moment on
(`upsert`), that there is none (`delete`), or that there is none of any key (`truncate`). Of type 1 a dimension holds
what is true now, of type 2 also what was, as intervals `[valid_from, valid_to)`.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime, timedelta

from attrs import frozen

UNKNOWN_MEMBER = "0" * 32
NOT_APPLICABLE_MEMBER = "0" * 31 + "1"
"""The version keys of facts whose member is not known, or not known yet, and of those that have none."""

MEMBERS = (UNKNOWN_MEMBER, NOT_APPLICABLE_MEMBER)

UPSERT, DELETE, TRUNCATE, SNAPSHOT = "upsert", "delete", "truncate", "snapshot"
"""What an event says. A snapshot ends, in its scope, what is not told again with the same sequence."""

OPERATION, GENERATION, REASON = "_operation", "_generation", "_reason"
"""The columns that a table of events has beside those of the query: what the event says; the number of the first
build by the code that made it, 0 of one that was adopted or is fixed; and why it counts for nothing, NULL where it
counts."""

NO_KEY, NO_SEQUENCE, TOO_LATE = "null_key", "null_sequence", "too_late"


class Absent(enum.Enum):
    """What becomes of a key that a snapshot lacks."""

    CLOSE = "close"  # its version ends with the snapshot
    KEEP = "keep"  # nothing


@frozen
class Names:
    """The columns that lakekit adds to a dimension of type 2."""

    valid_from: str = "valid_from"
    valid_to: str = "valid_to"
    is_current: str = "is_current"
    version_key: str = "_version_key"

    @property
    def all(self) -> tuple[str, ...]:
        """In the order in which the table has them."""
        return (self.valid_from, self.valid_to, self.is_current, self.version_key)


@frozen
class Snapshots:
    """The query tells all rows that there are, of the values that it has in the columns `scope`, or altogether. Without
    `sequence_by` a snapshot is of the moment in which it was read, and then only what differs is kept of it."""

    absent: Absent = Absent.CLOSE
    scope: tuple[str, ...] = ()


@frozen
class Dimension:
    """What the rows of a query, the events, make of a dimension.

    Events of a key count in the order of `sequence_by`, whose first column says when a version begins; the others, and
    then those of `tie_break`, decide among events of one such moment, the greater value being the later event. Events
    of a key that are still not in order must be equal. A row for which `truncate_when` is true is a truncate, one for
    which `delete_when` is true a delete; both are conditions in Spark SQL.

    A version begins where a value changes in one of the columns `track`, or, where it is None, in any that is stored
    beyond keys, `sequence_by`, `tie_break`, `track_except`, and lakekit's own, which begin with `_` and differ with
    each delivery; other columns tell the last value within the version. Columns `drop` are in no table. With
    `ignore_nulls` a NULL leaves what was before.

    `history` says that the dimension is of type 2. `open_end` is what `valid_to` holds, as a canonical text, while
    there is no end; None for NULL. With `members` a dimension of type 2 also has a row for each of MEMBERS, for the
    facts that name these: always current, and without a value elsewhere.

    With `keep_events`, what lies further back than that is fixed: of its events those are kept that the rows of the
    dimension need, and an event that comes for it counts for nothing.
    """

    keys: tuple[str, ...]
    sequence_by: tuple[str, ...] = ()
    history: bool = True
    delete_when: str | None = None
    truncate_when: str | None = None
    track: tuple[str, ...] | None = None
    track_except: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    ignore_nulls: bool = False
    tie_break: tuple[str, ...] = ()
    snapshots: Snapshots | None = None
    names: Names = Names()
    open_end: str | None = None
    members: bool = False
    keep_events: timedelta | None = None

    @property
    def closes(self) -> bool:
        """Whether a key that a snapshot lacks ends there."""
        return self.snapshots is not None and self.snapshots.absent is Absent.CLOSE

    @property
    def scope(self) -> tuple[str, ...]:
        """The columns whose values say of what a snapshot tells."""
        return self.snapshots.scope if self.snapshots else ()

    @property
    def marks(self) -> bool:
        """Whether events of all keys are among the others."""
        return self.truncate_when is not None or (self.closes and bool(self.sequence_by))

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that order events, the sequence first."""
        return (*self.sequence, *self.tie_break)

    @property
    def sequence(self) -> tuple[str, ...]:
        """The columns of the sequence, that of the moment of reading included."""
        return self.sequence_by or (READ_AT,)

    def horizon(self, now: datetime) -> str:
        """Where what is fixed ends, as an ISO text: at the first of a month, so that it seldom moves; "" where all
        events are kept."""
        if self.keep_events is None:
            return ""
        return (now - self.keep_events).astimezone(UTC).strftime("%Y-%m-01")

    def kept(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the query's columns that the table of events has."""
        needed = {*self.keys, *self.order, *self.scope}
        return tuple(c for c in columns if c in needed or c not in self.drop)

    def stored(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the query's columns that the dimension has."""
        return tuple(c for c in columns if c not in self.drop)

    def tracked(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the query's columns in which a change begins a version."""
        if self.track is not None:
            return self.track
        passed = {*self.keys, *self.order, *(self.track_except or ())}
        return tuple(c for c in self.stored(columns) if c not in passed and not c.startswith("_"))


READ_AT = "_read_at"
"""The column of a table of events that tells when a snapshot without a sequence was read."""
