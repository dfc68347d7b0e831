"""What a transform made, as files of this host."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from lakekit.domain.batch import ReasonCount
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written


@frozen
class Made:
    """What a transform made: its columns, its rows, and of a build by keys the files of the keys in question. `told` is
    how many rows its query made, where these are not the rows; `generation`, `quarantined` and `horizon` are those of a
    build. With `whole` the rows are all that the table holds afterwards, `new` of which were not there."""

    columns: tuple[TableColumn, ...]
    files: tuple[Written, ...]
    keys: tuple[Written, ...] = ()
    told: int | None = None
    generation: int = 0
    quarantined: tuple[ReasonCount, ...] = ()
    horizon: str = ""
    whole: bool = False
    new: int = 0

    @property
    def count(self) -> int:
        """The rows that the query made."""
        return sum(w.rows for w in self.files) if self.told is None else self.told

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def rows(self) -> Input:
        """The rows as an input."""
        return as_input(self.files, self.columns)


def as_files(files: Sequence[Written]) -> Input:
    """Files of this host, one or more, as an input with the columns that they have."""
    return Input(tuple(str(w.path) for w in files))


def as_input(files: Sequence[Written], columns: Sequence[TableColumn]) -> Input:
    """Files of this host, which may be none, as an input with these columns."""
    return Input(tuple(str(w.path) for w in files), columns=tuple(columns))
