"""What events make of a dimension, told a second time: by plain Python that sees all events at once and goes through
those of each key in the order in which they happened."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    OPERATION,
    READ_AT,
    REASON,
    SNAPSHOT,
    TRUNCATE,
    UPSERT,
    Dimension,
)

Row = Mapping[str, object]
Place = tuple[object, ...]
States = dict[object, "Row | None"]

OWN = (OPERATION, GENERATION, REASON)


def counting(dimension: Dimension, events: Iterable[Row]) -> list[Row]:
    """The events that have no reason, and of each key and sequence the newest generation; of what is said of all keys,
    of each kind and scope."""
    told = [e for e in events if e[REASON] is None]
    newest: dict[Place, int] = {}
    for e in told:
        newest[_told_of(dimension, e)] = max(newest.get(_told_of(dimension, e), 0), _generation(e))
    return [e for e in told if _generation(e) == newest[_told_of(dimension, e)]]


def _told_of(dimension: Dimension, event: Row) -> Place:
    of_all = event[OPERATION] in (TRUNCATE, SNAPSHOT)
    kind = (event[OPERATION], _values(event, dimension.scope)) if of_all else ()
    return (_values(event, (*dimension.keys, *dimension.sequence)), kind)


def states(dimension: Dimension, events: Iterable[Row]) -> dict[Place, States]:
    """By key and first column of the sequence, in order: what holds after the last event of that moment."""
    told = counting(dimension, events)
    of_all = [e for e in told if e[OPERATION] in (TRUNCATE, SNAPSHOT)]
    keys: dict[Place, list[Row]] = {}
    for e in told:
        if e[OPERATION] in (UPSERT, DELETE):
            keys.setdefault(tuple(e[k] for k in dimension.keys), []).append(e)
    return {key: _states_of_one(dimension, own, of_all) for key, own in keys.items()}


def _states_of_one(dimension: Dimension, own: Sequence[Row], of_all: Sequence[Row]) -> States:
    found: States = {}
    state: Row | None = None
    latest: Row | None = None
    upserts = {_values(e, dimension.sequence) for e in own if e[OPERATION] == UPSERT}
    for e in sorted([*own, *of_all], key=lambda e: _order(dimension, e)):
        sequence = _values(e, dimension.sequence)
        if e[OPERATION] == UPSERT:
            state, latest = _after(dimension, state, e), e
        elif e[OPERATION] == SNAPSHOT:
            same = latest is not None and _values(latest, dimension.scope) == _values(e, dimension.scope)
            state = None if same and sequence not in upserts else state
        else:
            state = None
        found[e[dimension.sequence[0]]] = state
    return found


def _after(dimension: Dimension, state: Row | None, event: Row) -> Row:
    if state is None or not dimension.ignore_nulls:
        return event
    fixed = {*dimension.keys, *dimension.order}
    return {c: state[c] if v is None and c not in fixed else v for c, v in event.items()}


def current(dimension: Dimension, events: Iterable[Row], columns: Sequence[str]) -> list[tuple[object, ...]]:
    """What is true at the end, in these columns."""
    last = [list(found.values())[-1] for found in states(dimension, events).values()]
    return [tuple(row[c] for c in columns) for row in last if row is not None]


def versions(dimension: Dimension, events: Sequence[Row], columns: Sequence[str]) -> list[tuple[object, ...]]:
    """The rows of type 2, of the table of events' columns but lakekit's own."""
    stored = [c for c in dimension.stored(tuple(columns)) if c != READ_AT]
    tracked = dimension.tracked(tuple(columns))
    made = []
    for key, found in states(dimension, events).items():
        for since, until, row in _of_one(found, tracked):
            digest = version_key([*key, since])
            made.append((*(row[c] for c in stored), since, until, until is None, digest))
    return made


def _of_one(found: States, tracked: Sequence[str]) -> list[tuple[object, object, Row]]:
    closed: list[tuple[object, object, Row]] = []
    since, row = None, None
    for at, state in found.items():
        if row is not None and (state is None or _values(state, tracked) != _values(row, tracked)):
            closed.append((since, at, row))
            row = None
        since = at if row is None else since
        row = state
    return closed if row is None else [*closed, (since, None, row)]


def ties(dimension: Dimension, events: Iterable[Row]) -> Counter[tuple[str, ...]]:
    """The keys of events that say different things in one place, as texts, as often as there are such places."""
    said: dict[Place, set[object]] = {}
    for e in counting(dimension, events):
        if e[OPERATION] in (UPSERT, DELETE):
            content = _values(e, [c for c in e if c not in OWN]) if e[OPERATION] == UPSERT else ()
            place = tuple(e[c] for c in (*dimension.keys, *dimension.order))
            said.setdefault(place, set()).add((e[OPERATION], content))
    number = len(dimension.keys)
    return Counter(tuple(map(text, place[:number])) for place, told in said.items() if len(told) > 1)


def version_key(parts: Sequence[object]) -> str:
    told = [text(p) for p in parts]
    return hashlib.sha256("".join(f"{len(t)}:{t}" for t in told).encode()).hexdigest()[:32]


def text(value: object) -> str:
    """The canonical text of a value that orders, or is a key."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else str(value)


def frozen(value: object) -> object:
    """A value that can be compared and hashed: NaN is NaN, maps and structs are their entries in any order."""
    if isinstance(value, Mapping):
        return ("entries", frozenset((k, frozen(v)) for k, v in value.items()))
    if isinstance(value, list):
        return tuple(map(frozen, value))
    return (type(value).__name__, repr(value) if isinstance(value, float) else value)


def _values(row: Row, columns: Iterable[str]) -> Place:
    return tuple(frozen(row[c]) for c in columns)


def _order(dimension: Dimension, event: Row) -> Place:
    """What is said of all keys comes before what is said of one in the same moment; a truncate before a snapshot."""
    rank = {TRUNCATE: 0, SNAPSHOT: 1}.get(str(event[OPERATION]), 2)
    sequence = [event[c] for c in dimension.sequence]
    return (*sequence, rank, *((event[c] is not None, _sortable(event[c])) for c in dimension.tie_break))


def _sortable(value: object) -> object:
    return value.encode() if isinstance(value, str) else 0 if value is None else value


def _generation(event: Row) -> int:
    return int(str(event[GENERATION]))
