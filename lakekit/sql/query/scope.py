"""What a part of a query sees: columns, by the names that Spark finds them by."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.domain.nearest import nearest
from lakekit.sql.query.flow import NOTHING, changed


@frozen
class Field:
    """A column of a relation. `origin` is one for all that Spark takes for the same column under other names.

    `type` is None where it is not known; `named` is false where Spark invents the name; `node` is what wrote it.
    `key` is the key column of an input, in lower case, that it is unchanged; empty where it is none.
    """

    name: str
    flow: Flow
    origin: Hashable = field(factory=object)
    type: exp.DataType | None = None
    named: bool = True
    node: exp.Expr | None = None
    key: str = ""


@frozen
class Relation:
    """Rows. `shape` has what steers which rows there are; `open` is true where it may have more than `fields`.

    `others` is what those others are made of.
    """

    fields: tuple[Field, ...]
    shape: Flow = NOTHING
    open: bool = False
    others: Flow = None


@frozen
class Source:
    """A relation in FROM, `name` in lower case: the parts that may stand before its columns."""

    name: tuple[str, ...]
    fields: tuple[Field, ...]
    open: bool = False


@frozen
class Scope:
    """`sources` are found by their names, `visible` without, `later` only by what is not found otherwise.

    `bound` has the arguments of a lambda around, in lower case.
    """

    sources: tuple[Source, ...] = ()
    visible: tuple[Field, ...] = ()
    open: bool = False
    later: tuple[Field, ...] = ()
    bound: frozenset[str] = frozenset()
    windows: Mapping[str, exp.Expr] = {}
    ctes: Mapping[str, Relation] = {}
    parent: Scope | None = None

    def chain(self) -> Iterator[Scope]:
        here: Scope | None = self
        while here is not None:
            yield here
            here = here.parent

    def joined(self, other: Scope) -> Scope:
        """Both side by side."""
        return evolve(
            self,
            sources=(*self.sources, *other.sources),
            visible=(*self.visible, *other.visible),
            open=self.open or other.open,
        )


def nullable(scope: Scope) -> Scope:
    """What is seen of the side of an outer join that may be missing: no key of it is unchanged."""
    sources = tuple(evolve(source, fields=_unkeyed(source.fields)) for source in scope.sources)
    return evolve(scope, sources=sources, visible=_unkeyed(scope.visible))


def _unkeyed(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(evolve(f, key="") if f.key else f for f in fields)


@frozen
class Found:
    """Columns of a name, and the names of struct fields that follow; none where `open` says that it may be there."""

    fields: tuple[Field, ...]
    rest: tuple[str, ...] = ()
    open: bool = False


def find(scope: Scope, names: Sequence[str]) -> Found | None:
    """What `names`, the parts of a name in lower case, is in the nearest scope that has it; None where none has."""
    for here in scope.chain():
        if names[0] in here.bound:
            return Found((Field(names[0], NOTHING),))
        if (found := _qualified(here, names)) or (found := _among(here.visible, names, 0)):
            return found
        if found := _among(here.later, names, 0):
            return evolve(found, fields=found.fields[-1:])
        if here.open:
            return Found((), open=True)
    return None


def source_named(scope: Scope, names: Sequence[str]) -> Source | None:
    """Of `names.*`."""
    for here in scope.chain():
        for source in here.sources:
            if source.name and source.name[-len(names) :] == tuple(names):
                return source
    return None


def meant(scope: Scope, names: Sequence[str]) -> str:
    """The column that a name which is none may mean; empty where none is like it."""
    bare = [f.name for here in scope.chain() for f in here.visible]
    sources = [source for here in scope.chain() for source in here.sources if source.name]
    full = [f"{source.name[-1]}.{f.name}" for source in sources for f in source.fields]
    asked = ".".join(names)
    first, then = (full, bare) if "." in asked else (bare, full)
    return nearest(asked, first) or nearest(asked, then)


def selected(fields: Sequence[Field], name: str) -> tuple[Field, ...]:
    """Those of a name, each column of Spark once."""
    return tuple({f.origin: f for f in fields if f.name.lower() == name.lower()}.values())


def field_of(type_: exp.DataType | None, name: str) -> exp.DataType | None:
    """The type of a struct's field; None where it is not known."""
    found = next((d for d in struct_fields(type_) if d.name.lower() == name.lower()), None)
    return kind if found is not None and isinstance(kind := found.args.get("kind"), exp.DataType) else None


def struct_fields(type_: exp.DataType | None) -> list[exp.ColumnDef]:
    """Of a struct; empty for another type, and for one that is not known."""
    if type_ is None or not type_.is_type(exp.DType.STRUCT):
        return []
    return [d for d in type_.expressions if isinstance(d, exp.ColumnDef)]


def is_atomic(type_: exp.DataType | None) -> bool:
    """Whether it is certain to have nothing within."""
    nested = (exp.DType.STRUCT, exp.DType.ARRAY, exp.DType.MAP, exp.DType.VARIANT)
    return type_ is not None and not type_.is_type(*nested) and isinstance(type_.this, exp.DType)


def part(whole: Field, name: str) -> Field:
    """A struct's field as a column."""
    return Field(name, changed(whole.flow), (whole.origin, name.lower()), field_of(whole.type, name))


def _qualified(scope: Scope, names: Sequence[str]) -> Found | None:
    for length in range(min(len(names) - 1, 3), 0, -1):
        sources = [s for s in scope.sources if s.name[-length:] == tuple(names[:length])]
        fields = [f for s in sources for f in s.fields]
        if found := _among(fields, names, length):
            return found
        if any(s.open for s in sources):
            return Found((), open=True)
    return None


def _among(fields: Sequence[Field], names: Sequence[str], start: int) -> Found | None:
    found = selected(fields, names[start])
    return Found(found, tuple(names[start + 1 :])) if found else None
