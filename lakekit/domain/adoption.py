"""Adoption: a table that others kept as a dimension of type 2, told as the events that its history is made of."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from lakekit.domain.report import BuildReport

EMPTY_VERSION, BACKWARD_VERSION, SAME_START = "empty_version", "backward_version", "same_start"
"""Why a version that was adopted counts for nothing, beside NULL keys and NULL starts: it ends where it begins, it ends
before, or another version of the key begins at the same moment."""


@frozen
class Intervals:
    """The columns of a table that say when a version holds: from `valid_from` on, up to but not including `valid_to`.

    A NULL in `valid_to`, or the value that the canonical text `open_end` names, is no end; with `inclusive` it is the
    last moment at which the version holds. `is_current` and `is_deleted` are flags, "" where there are none: a row that
    is deleted says that from `valid_from` on there is no row of the key. `may_lack` are columns that need not be there.
    """

    valid_from: str
    valid_to: str
    is_current: str = ""
    is_deleted: str = ""
    open_end: str | None = None
    inclusive: bool = False
    may_lack: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that are named."""
        named = (self.valid_from, self.valid_to, self.is_current, self.is_deleted)
        return tuple(name for name in named if name)


STYLES: Mapping[str, Intervals] = MappingProxyType(
    {
        "dbt": Intervals(
            "dbt_valid_from", "dbt_valid_to", is_deleted="dbt_is_deleted", may_lack=frozenset({"dbt_is_deleted"})
        ),
        "databricks": Intervals("__START_AT", "__END_AT"),
    }
)
"""What the snapshots of dbt, and AUTO CDC of Databricks, call these columns."""


class Weight(enum.Enum):
    """What a finding means: it is good to know; history cannot be told without a rule; it cannot be told at all."""

    TOLD = "told"
    FAULT = "fault"
    FATAL = "fatal"


class Fault(enum.Enum):
    """What may be wrong, or worth knowing, about the versions of a table."""

    DUPLICATE = "duplicate"
    EMPTY = "empty"
    GAP = "gap"
    REPEATED = "repeated"
    OVERLAP = "overlap"
    SEVERAL_CURRENT = "several_current"
    BACKWARD = "backward"
    SAME_START = "same_start"
    NULL_KEY = "null_key"
    NULL_START = "null_start"
    FLAG = "flag"
    FUTURE_END = "future_end"
    HAIRLINE = "hairline"
    LOST_NULL = "lost_null"
    TIED = "tied"

    @property
    def weight(self) -> Weight:
        """Whether adoption goes on where it is found."""
        told = {Fault.DUPLICATE, Fault.EMPTY, Fault.GAP, Fault.REPEATED}
        return Weight.FATAL if self is Fault.TIED else Weight.TOLD if self in told else Weight.FAULT


@frozen
class Found:
    """A finding: how many versions it concerns, and up to three of their keys as texts, personal parts as hashes; none
    where keys are NULL."""

    fault: Fault
    versions: int
    keys: tuple[str, ...] = ()


@frozen
class Findings:
    """What a table says. `rows` are those of its `version`, `keys` how many keys they have. Of these rows `upserts`
    and `deletes` events are told, `quarantined` by reason, and `duplicates` are left; `fresh` of all these events are
    not kept yet. `taken` has the columns of the events with those of the table that they come from."""

    source: str
    version: int
    rows: int
    keys: int
    found: tuple[Found, ...]
    taken: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    missing: tuple[str, ...]
    upserts: int = 0
    deletes: int = 0
    quarantined: Mapping[str, int] = field(factory=dict, hash=False)
    duplicates: int = 0
    fresh: int = 0

    def of(self, *weights: Weight) -> tuple[Found, ...]:
        """Those of such a weight."""
        return tuple(found for found in self.found if found.fault.weight in weights)


@frozen
class AdoptionReport:
    """What became of an adoption: how its commit to the dataset of events ended, and what was found before, None where
    it did not come so far. `in_place` says that the table lies where the dimension will."""

    dataset: str
    build: BuildReport
    findings: Findings | None = None
    in_place: bool = False


@frozen
class Adoption:
    """What the commit of an adoption says: the table, by id and version, that `events` were added from. `number` counts
    on from the builds of the dataset, `uid` names the attempt, `at` is an ISO timestamp in UTC, and `accepted` has the
    faults that were taken by the rules."""

    dataset: str
    number: int
    uid: str
    run_id: str
    at: str
    table_id: str
    version: int
    events: int
    accepted: tuple[str, ...] = ()
