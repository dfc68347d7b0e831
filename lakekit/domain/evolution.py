"""Evolution: what a contract wants done about a source that has drifted from it."""

from __future__ import annotations

import enum

from attrs import frozen


class NewColumn(enum.Enum):
    """A column that the contract does not name: its values go to `_extra`, it becomes a column of the table, or the
    batch stops before it has landed."""

    EXTRA = "extra"
    ADD = "add"
    STOP = "stop"


class MissingColumn(enum.Enum):
    """A column of the contract that the source lacks: no value in any row, or the batch stops."""

    NULL = "null"
    STOP = "stop"


class TypeChange(enum.Enum):
    """A typed column whose values are not all values of the contract's type: rows that do not fit are quarantined, or
    the batch stops, or the table's column is given the least type that holds both, where there is one. Texts are judged
    value by value, whatever the contract's type."""

    QUARANTINE = "quarantine"
    STOP = "stop"
    WIDEN = "widen"


class RenamedCase(enum.Enum):
    """A column whose name differs from the contract's in case or outer blanks alone: the batch stops, or the column is
    read as the contract's."""

    STOP = "stop"
    READ = "read"


@frozen
class Evolution:
    """The policy of a contract, one for each kind of drift."""

    new_column: NewColumn = NewColumn.EXTRA
    missing_column: MissingColumn = MissingColumn.NULL
    type_change: TypeChange = TypeChange.QUARANTINE
    renamed_case: RenamedCase = RenamedCase.STOP


AS_BEFORE = Evolution()
"""What holds where a contract says nothing."""
