"""A build: one evaluation of a transform, and what the commit that publishes it says about it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from lakekit.domain.batch import ReasonCount
from lakekit.domain.lineage import Lineage
from lakekit.domain.suite import Verdict

NO_CHECKS = Verdict()
NO_LINEAGE = Lineage()


class Scope(enum.Enum):
    """What a build evaluates: everything, the rows that are new, or the rows whose keys occur in what is new."""

    FULL = "full"
    NEW_ROWS = "new_rows"
    KEYS = "keys"


@frozen
class Pin:
    """A table at one version; `table_id` tells it from another that was made in its place."""

    dataset: str
    table_id: str
    version: int


NO_PINS: Mapping[str, Pin] = MappingProxyType({})


@frozen
class Books:
    """The rows of a build: those that the transform `made`, and of the table those `added` and `removed` by its commit.
    A row that is replaced counts as both."""

    made: int = 0
    added: int = 0
    removed: int = 0


NO_ROWS = Books()


@frozen
class Build:
    """What the commit of a build says: data and the versions that it was made from move together.

    `number` counts the builds of a transform, `uid` names the attempt. `code` and `contract` are the transform's own
    (`lakekit.domain.transform`), "" without a contract. `at` is an ISO timestamp in UTC. Of events, `generation` is the
    number of the first build by the same code, `quarantined` counts those that count for nothing, and what lies before
    `horizon`, a date, is fixed; "" where nothing is. `lineage` has what each column is made of that a function makes;
    it is empty for a query, which says that itself.
    """

    dataset: str
    number: int
    uid: str
    run_id: str
    at: str
    scope: Scope
    code: str
    contract: str
    inputs: tuple[Pin, ...]
    books: Books = NO_ROWS
    verdict: Verdict = NO_CHECKS
    generation: int = 0
    quarantined: tuple[ReasonCount, ...] = ()
    horizon: str = ""
    lineage: Lineage = NO_LINEAGE

    def pin(self, dataset: str) -> Pin | None:
        """The version of an input that it was made from; None when it did not read it."""
        return next((pin for pin in self.inputs if pin.dataset == dataset), None)
