"""Rows of a table in new files, as they are, in other columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lakekit.app.table_files import rows_of
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.domain.upkeep import LARGEST_TARGET
from lakekit.ports.engine import Engine, Written
from lakekit.ports.table_store import TableFile
from lakekit.sql.rewrite import ROWS, rewrite_query


def rewritten(
    engine: Engine, dataset: str, files: Sequence[TableFile], columns: Sequence[TableColumn], folder: Path
) -> Iterator[tuple[tuple[Written, ...], Mapping[str, str | None]]]:
    """Files that have every row of those of a dataset's table, in these columns, and the partition they lie in: piece
    by piece, in folders that begin with `folder`. Raises TableError when a file does not give all its rows."""
    for number, piece in enumerate(_pieces(files)):
        rows = {ROWS: rows_of(piece, columns)}
        written = engine.write(rewrite_query(columns), rows, folder.with_name(f"{folder.name}-{number}"))
        _check_rows(dataset, piece, written)
        yield written, piece[0].partition


def _pieces(files: Sequence[TableFile]) -> Iterator[tuple[TableFile, ...]]:
    """The files in groups of one partition and about as many bytes as a file should have, so that each query is small
    and a table keeps the order in which its rows lie."""
    parts: dict[tuple[tuple[str, str | None], ...], list[TableFile]] = {}
    for file in files:
        parts.setdefault(tuple(sorted(file.partition.items())), []).append(file)
    for of_one in parts.values():
        piece: list[TableFile] = []
        for file in of_one:
            if piece and sum(f.size for f in piece) + file.size > LARGEST_TARGET:
                yield tuple(piece)
                piece = []
            piece.append(file)
        yield tuple(piece)


def _check_rows(dataset: str, piece: Sequence[TableFile], written: Sequence[Written]) -> None:
    """The log's count, where it has one, is that of the rows that were written anew."""
    told = [file.rows for file in piece if file.rows is not None]
    if len(told) == len(piece) and sum(told) != sum(w.rows for w in written):
        raise TableError(
            "table.rows_differ",
            f"{dataset}: its files do not hold as many rows as its log says",
            where=piece[0].address,
            why=f"{sum(told)} rows are recorded, and {sum(w.rows for w in written)} were read",
            next="nothing was changed; lakekit table history tells who wrote the file",
        )
