"""How the columns of a landed part differ from the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakekit.domain.contract import Contract
from lakekit.domain.drift import Drift, TypeDrift
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import Kind
from lakekit.sql.cast import as_it_is


def renamings(contract: Contract, columns: Sequence[TableColumn]) -> dict[str, str]:
    """The source's name of each column of the contract that differs from it in case and outer blanks alone. Names of
    which two columns of the source are alike are nobody's."""
    landed, wanted = [c.name for c in columns], [c.name for c in contract.columns]
    folded: dict[str, list[str]] = {}
    for name in landed:
        folded.setdefault(_folded(name), []).append(name)
    near = {name: folded.get(_folded(name), []) for name in wanted if name not in landed}
    return {ours: theirs[0] for ours, theirs in near.items() if len(theirs) == 1 and theirs[0] not in wanted}


def drift(contract: Contract, columns: Sequence[TableColumn]) -> Drift:
    """What differs. A text is no drift for any type: its values are judged one by one; nor is anything for a text."""
    renamed = renamings(contract, columns)
    landed = {c.name: c.type for c in called_as(contract, columns)}
    wanted = {c.name: c.type for c in contract.columns}
    return Drift(
        new=tuple(sorted((TableColumn(n, t) for n, t in landed.items() if n not in wanted), key=lambda c: c.name)),
        missing=tuple(sorted(name for name in wanted if name not in landed)),
        changed=tuple(
            TypeDrift(name, str(type_), landed[name])
            for name, type_ in sorted(wanted.items())
            if name in landed
            and landed[name] != "string"
            and type_.kind is not Kind.STRING
            and not as_it_is(landed[name], type_)
        ),
        renamed=tuple(sorted(renamed.items())),
    )


def called_as(contract: Contract, columns: Sequence[TableColumn]) -> tuple[TableColumn, ...]:
    """The columns, in their order, under the contract's names where they are so called but for case and blanks."""
    ours: Mapping[str, str] = {theirs: ours for ours, theirs in renamings(contract, columns).items()}
    return tuple(TableColumn(ours.get(c.name, c.name), c.type) for c in columns)


def _folded(name: str) -> str:
    return name.strip().casefold()
