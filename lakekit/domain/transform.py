"""Transforms: silver and gold datasets that are made from others."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from lakekit.domain.contract import Contract
from lakekit.domain.dimension import GENERATION, OPERATION, READ_AT, REASON, Dimension
from lakekit.domain.lineage import Sources
from lakekit.domain.names import Dataset
from lakekit.domain.suite import Check
from lakekit.domain.table_options import AS_THEY_ARE, TableOptions


class Materialization(enum.Enum):
    """What becomes of the rows that a transform makes."""

    REPLACE = "replace"  # they are the table
    APPEND = "append"  # they are added to it
    PARTITION = "partition"  # they replace what the partitions hold that they lie in
    MERGE = "merge"  # they replace the rows that have their keys
    SCD1 = "scd1"  # they are events, and the table is what is true now
    SCD2 = "scd2"  # they are events, and the table is what was true when
    EVENTS = "events"  # they are events, and the table keeps them; beside each dimension lakekit has one


DIMENSIONS = (Materialization.SCD1, Materialization.SCD2)
"""Those of dimensions."""


class Language(enum.Enum):
    """What a transform is written in: one query of Spark SQL, or a function of PySpark; or nothing, where its rows are
    what the events of a dimension make them."""

    SQL = "sql"
    PYTHON = "python"
    NONE = "none"


@frozen
class Mention:
    """A dataset that a transform reads, and where it says so first, `file:line:column`."""

    dataset: str
    place: str


@frozen
class Through:
    """An input, and the columns by which its rows concern those of the incremental inputs."""

    dataset: str
    columns: tuple[str, ...]


@frozen
class Transform:
    """A dataset, what it is made from, and what becomes of the rows.

    `code` changes when, and only when, what is done changes: layout and comments do not count. Inputs that are
    `incremental` are read as what is new since the transform's own last build, the others in full. With `affected_by`,
    columns that these inputs and the output have, rows are made anew for the values that occur in what is new.
    `affected_through` are inputs beside these, such as dimensions, each with columns that it has, and the incremental
    inputs and the output, too: what is new in one of them concerns the rows of the incremental inputs with its values.
    `delete_when` is a condition in Spark SQL on the rows that a merge is given: those for which it is true are taken
    out of the table. `place` is the file, relative to its project or plugin. `lineage` is what the author of a
    function says of its columns. `places` has where options stand in it, and what they name: ("keys", "") and ("keys",
    "order_id"). `dimension` says what becomes of events, of a dimension and of the dataset that keeps
    its events; `together` are datasets that are always made with this one.
    """

    dataset: Dataset
    language: Language
    inputs: tuple[Mention, ...]
    code: str
    place: str
    materialization: Materialization = Materialization.REPLACE
    keys: tuple[str, ...] = ()
    incremental: tuple[str, ...] = ()
    affected_by: tuple[str, ...] = ()
    affected_through: tuple[Through, ...] = ()
    delete_when: str | None = None
    contract: Contract | None = None
    checks: tuple[Check, ...] = ()
    tags: frozenset[str] = frozenset()
    description: str = ""
    options: TableOptions = AS_THEY_ARE
    lineage: Mapping[str, Sources] = field(factory=dict, hash=False)
    dimension: Dimension | None = None
    together: tuple[str, ...] = ()
    places: Mapping[tuple[str, str], str] = field(factory=dict, hash=False)

    @property
    def name(self) -> str:
        """The dataset as it is written: `silver.customers`."""
        return str(self.dataset)

    def where(self, option: str, named: str = "") -> str:
        """Where an option stands, or one of the texts in it, `file:line:column`; the file where that is not known."""
        return self.places.get((option, named)) or self.places.get((option, ""), self.place)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The datasets that it reads."""
        return tuple(mention.dataset for mention in self.inputs)

    @property
    def followed(self) -> frozenset[str]:
        """The inputs of which what is new can be read by itself."""
        return frozenset((*self.incremental, *(through.dataset for through in self.affected_through)))

    @property
    def lease(self) -> str:
        """The name of the lease that whoever works on its table holds."""
        return f"{self.name}/transform"

    @property
    def app_id(self) -> str:
        """The Delta application id under which its table remembers its builds."""
        return f"lakekit/{self.lease}"

    @property
    def keeps_events(self) -> bool:
        """Whether its table is that of a dimension's events: the contract is then the dimension's, not its own."""
        return self.materialization is Materialization.EVENTS

    @property
    def made_of_events(self) -> Dimension | None:
        """The dimension whose events make its rows; None where a query or a function makes them."""
        return None if self.keeps_events else self.dimension

    @property
    def own_contract(self) -> Contract | None:
        """The contract that its rows keep."""
        return None if self.keeps_events else self.contract

    @property
    def contract_version(self) -> str:
        """That of the contract that its rows keep, "" without one."""
        return self.own_contract.version if self.own_contract else ""

    @property
    def personal(self) -> frozenset[str]:
        """Columns that get no statistics and whose values appear nowhere but in the tables."""
        return self.contract.personal if self.contract else frozenset()

    def public(self, columns: Iterable[str]) -> frozenset[str]:
        """Those of the table's columns that get statistics: one that the contract does not name counts as personal."""
        if self.contract is None:
            return frozenset(columns)
        return frozenset((*self._own, *(c.name for c in self.contract.columns))) - self.personal

    @property
    def _own(self) -> tuple[str, ...]:
        """Of a dimension, and of its events, the columns of lakekit's own that show nothing of anybody."""
        if self.dimension is None:
            return ()
        if self.keeps_events:
            return (OPERATION, GENERATION, REASON, READ_AT)
        names = self.dimension.names
        intervals = (names.valid_from, names.valid_to) if self.dimension.sequence[0] not in self.personal else ()
        return (*intervals, names.is_current)
