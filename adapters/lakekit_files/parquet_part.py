"""One Parquet file into the landing zone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit.plugin.disk import sync
from lakekit_files.database import GROUP, Database, Refused
from lakekit_files.header import refuse_duplicates
from lakekit_files.queries import (
    parquet_file,
    parquet_groups,
    parquet_nodes,
    parquet_reader,
    parquet_rows,
    whole,
)
from lakekit_files.stretch import UNSEEN, Stretch, grown, watching
from lakekit_files.window import Window, refuse_without_cursor


@frozen
class ParquetFile:
    """An open Parquet file; `where` is how errors name it, `stretch` the way from here on."""

    file: BinaryIO
    where: str
    stretch: Stretch = UNSEEN

    def land(self, database: Database, window: Window | None, target: Path) -> int:
        """Write the rows of `window` to `target`, or without one a copy of the file; return how many rows these are.

        Raises SourceError: `source.not_parquet`, `source.duplicate_columns`, `source.no_watermark_column`, and
        `source.count_mismatch` when the row groups have not as many rows as the footer says.
        """
        try:
            types = database.types(whole(parquet_reader(self.file)))
            self._refuse_renamed(database, types)
            rows = self._count(database)
            if window is not None:
                refuse_without_cursor(window, list(types), self.where)
                query, group = parquet_rows(self.file, types, window), self._group(database)
                return database.copy(query, target, group, self.stretch.at)
        except Refused:
            raise SourceError(
                "source.not_parquet",
                "the file cannot be read as Parquet",
                where=self.where,
                next="write it again, or set `format` to what it is",
            ) from None
        with watching(lambda: grown(target, os.fstat(self.file.fileno()).st_size), self.stretch.rows_of(rows)):
            shutil.copyfile(f"/dev/fd/{self.file.fileno()}", target)
        sync(target)
        return rows

    def _count(self, database: Database) -> int:
        ((rows,),) = database.rows(parquet_file(self.file))
        counted = sum(rows for _, rows in database.rows(parquet_groups(self.file)))
        if counted != rows:
            raise SourceError(
                "source.count_mismatch",
                f"the file says that it has {rows} rows, its row groups have {counted}",
                where=self.where,
                next="write the file again",
            )
        return int(rows)

    def _group(self, database: Database) -> int:
        """Row groups as large as the file's own, whose writer knew how wide the rows are."""
        rows = [rows for _, rows in database.rows(parquet_groups(self.file))]
        return min(GROUP, max(2048, *rows)) if rows else GROUP

    def _refuse_renamed(self, database: Database, types: Mapping[str, str]) -> None:
        """DuckDB gives a column another name when an earlier one has its name in another case."""
        names = {name for (name,) in database.rows(parquet_nodes(self.file))}
        if types.keys() - names:
            refuse_duplicates(tuple(names), self.where)
