"""Landed parts as a query sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.sql.tree import column, name, one_of, table, text

FILE, PLACE = "_file", "_place"


@frozen
class Group:
    """Landing parts that have the same physical columns, in the same order: one table of a query, called `name`.

    `parts` maps each file, written as in the engine's Input, to the source it came from and to the column, if any, that
    holds the position of its rows there. The Input has positions, so the table's columns are called c0, c1, ….
    """

    name: str
    columns: tuple[TableColumn, ...]
    parts: Mapping[str, tuple[str, str | None]]


@frozen
class Slice:
    """The rows of a group's `files`, all of which have one position column."""

    group: Group
    files: tuple[str, ...]
    position: str | None

    @property
    def raw(self) -> dict[str, tuple[exp.Column, str]]:
        """Each column of the source, by name: how a query calls it, and its physical type."""
        columns = enumerate(self.group.columns)
        return {c.name: (column(f"c{i}"), c.type) for i, c in columns if c.name != self.position}

    @property
    def row(self) -> exp.Expression:
        """The position of a row in its source."""
        place = exp.Add(this=column(PLACE), expression=exp.Literal.number(1))
        names = [c.name for c in self.group.columns]
        return place if self.position is None else column(f"c{names.index(self.position)}")

    @property
    def source(self) -> exp.Expression:
        """The source of a row of `rows`."""
        sources = {self.group.parts[file][0] for file in self.files}
        return text(sources.pop()) if len(sources) == 1 else column("source")

    def rows(self) -> exp.Select:
        """The landed rows, all columns; `source` among them where it differs between them."""
        landed = exp.Select(expressions=[exp.Star()]).from_(table(self.group.name), copy=False)
        if isinstance(self.source, exp.Column):
            landed = exp.Select(expressions=[exp.Column(this=exp.Star(), table=name("l")), column("source", "s")])
            landed.from_(table(self.group.name, "l"), copy=False)
            landed.join(self._sources(), on=exp.EQ(this=column(FILE, "l"), expression=column("file", "s")), copy=False)
        elif len(self.files) < len(self.group.parts):
            landed.where(one_of(column(FILE), map(text, self.files)), copy=False)
        return landed

    def _sources(self) -> exp.Expression:
        told = [exp.Tuple(expressions=[text(f), text(self.group.parts[f][0])]) for f in self.files]
        return exp.Values(
            expressions=told, alias=exp.TableAlias(this=name("s"), columns=[name("file"), name("source")])
        )


def slices(groups: Sequence[Group]) -> Iterator[Slice]:
    """All parts of all groups, each in one slice."""
    for group in groups:
        positions = dict.fromkeys(position for _, position in group.parts.values())
        for position in positions:
            files = tuple(f for f, (_, p) in group.parts.items() if p == position)
            yield Slice(group, files, position)
