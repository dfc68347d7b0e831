"""The fence around delta-rs: what it raises leaves as a TableError, or as the StorageError behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from lakekit.domain.errors import StorageError, TableError
from lakekit_delta.place import Place

if TYPE_CHECKING:
    from deltalake import DeltaTable, PostCommitHookProperties

_NOISE = re.compile(r"\x1b\[[0-9;]*m|\s{2,}0: .*", re.DOTALL)
"""Colours and backtraces in what the driver says."""

_LONGEST = 300


def load(table: Place, version: int | None = None) -> DeltaTable:
    """The table at `version`, or as it is now."""
    with reading(table):
        from deltalake import DeltaTable

        return DeltaTable(str(table), version, storage_options=options(table))


def options(table: Place) -> dict[str, str] | None:
    """What the driver has to know to reach the table."""
    return dict(table.storage.options()) or None


def hooks() -> PostCommitHookProperties:
    """What follows a commit: a checkpoint when one is due; never log clean-up, which takes progress away."""
    from deltalake import PostCommitHookProperties

    return PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


def reading(table: Place) -> AbstractContextManager[None]:
    """Failures within are the disk's (`table.read_failed`) or the table's own."""

    def told(error: BaseException) -> TableError:
        if isinstance(error, OSError):
            return TableError("table.read_failed", "the table cannot be read", where=str(table), why=_why(error))
        if re.search("unsupported|not supported|catalog-managed", str(error), re.IGNORECASE):
            return unsupported(table, _why(error))
        return TableError(
            "table.corrupt",
            "the table's log cannot be read",
            where=str(table),
            why=_why(error),
            next="restore the files of its _delta_log, or move the folder away to begin a new table",
        )

    return _fence(table, told)


def writing(table: Place) -> AbstractContextManager[None]:
    """Failures within are those of writing to the table: `table.write_failed`."""

    def told(error: BaseException) -> TableError:
        return TableError(
            "table.write_failed",
            "the table cannot be written",
            where=str(table),
            why=_why(error),
            next="free space or mend the permissions, and run again",
        )

    return _fence(table, told)


def inspecting(file: Place) -> AbstractContextManager[None]:
    """Failures within are those of reading a Parquet file's footer: `table.file_unreadable`."""

    def told(error: BaseException) -> TableError:
        what = "a staged file is no Parquet file that can be read"
        return TableError("table.file_unreadable", what, where=str(file), why=_why(error))

    return _fence(file, told)


def unsupported(table: Place, why: str) -> TableError:
    """The error for a table that lakekit can neither read nor extend without doing harm."""
    return TableError(
        "table.unsupported_feature",
        "the table uses what lakekit does not support",
        where=str(table),
        why=why,
        next="copy its rows into a plain Delta table, or drop the feature",
    )


@contextmanager
def _fence(place: Place, told: Callable[[BaseException], TableError]) -> Iterator[None]:
    try:
        yield
    except (TableError, StorageError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the driver's panics are no Exceptions
        # A bucket's server may quote signed requests: then the driver's words stay here, as a cause too.
        if explained := place.storage.explain(error):
            raise explained from None
        raise told(error) from error


def _why(error: BaseException) -> str:
    return _NOISE.sub("", str(error))[:_LONGEST] or type(error).__name__
