"""The options of a dimension, and the two datasets that it is: that of its events, and that of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve

from lakekit.domain.dimension import Absent, Dimension, Names, Snapshots
from lakekit.domain.errors import ConfigError
from lakekit.domain.names import Dataset, column_problem, parse_dataset
from lakekit.domain.table_options import AS_THEY_ARE
from lakekit.domain.transform import Language, Materialization, Mention, Transform
from lakekit.domain.watermark import duration
from lakekit.project.model import Draft
from lakekit.project.nodes import Fields, Node, Scalar, Series
from lakekit.project.reading import bad_value, choice, fields, refuse_without_effect, series, text, truth

DIMENSION_KEYS = (
    *("sequence_by", "truncate_when", "track", "track_except", "except", "ignore_null_updates", "tie_break"),
    *("snapshot", "absent", "scope", "names", "open_end", "keep_events", "members"),
)
_NAMES = ("valid_from", "valid_to", "is_current")
_EVENTS = "_events"


def read_dimension(found: Fields, made: Transform) -> Dimension:
    """The dimension that the options of `made` tell. Raises ConfigError, at the place, for the first mistake."""
    entries = found.entries
    _check(found, made)
    told: dict[str, Any] = {name: read(entries[key]) for key, (name, read) in _READERS.items() if key in entries}
    if "snapshot" in entries:
        absent = choice(entries["absent"], Absent) if "absent" in entries else Absent.CLOSE
        told["snapshots"] = Snapshots(absent, columns(entries["scope"]) if "scope" in entries else ())
    history = made.materialization is Materialization.SCD2
    _check_dropped(found, made, told)
    _check_order(found, made, told)
    return Dimension(made.keys, history=history, delete_when=made.delete_when, **told)


def _check_dropped(found: Fields, made: Transform, told: Mapping[str, Any]) -> None:
    needed = {*made.keys, *told.get("track", ()), *(made.options.partition_by or ())}
    for name in told.get("drop", ()):
        if name in needed:
            raise found.keys["except"].error(
                "config.bad_value",
                f"'except' leaves out {name!r}, which the dimension needs",
                "it is a key, tracked, or one of `partition_by`",
                "take it out of one of the two lists",
            )


def _check_order(found: Fields, made: Transform, told: Mapping[str, Any]) -> None:
    """Events of one key are not put in order by the key, nor twice by one column."""
    sequence, places = told.get("sequence_by", ()), made.places
    for option, before, why in (
        ("sequence_by", made.keys, "all events of a key have that in common"),
        ("tie_break", made.keys, "all events of a key have that in common"),
        ("tie_break", sequence, "`sequence_by` names it already"),
    ):
        for name in told.get(option, ()):
            if name in before:
                raise ConfigError(
                    "config.bad_value",
                    f"{option!r} cannot be {name!r}",
                    where=places.get((option, name), str(found.place)),
                    why=why,
                    next="name a column that says which of two events of a key is the later",
                )


def columns(node: Node) -> tuple[str, ...]:
    """Names of columns, one or more, none of them twice and none of lakekit's own."""
    found: list[str] = []
    for item in series(node):
        told = text(item)
        if why := column_problem(told.text):
            raise bad_value(told, why, "name a column that the transform makes")
        if told.text.lower() in {other.lower() for other in found}:
            raise bad_value(told, "it is listed twice", "remove one of the two")
        found.append(told.text)
    if not found:
        raise node.place.error(
            "config.bad_value", f"{node.name!r} is empty", "it names no column", "name one, or leave the key out"
        )
    return tuple(found)


def _sequence(node: Node) -> tuple[str, ...]:
    """A column, or a list of them."""
    return columns(Series(node.name, (node,), node.place) if isinstance(node, Scalar) else node)


def _untracked(node: Node) -> tuple[str, ...]:
    return columns(node) if series(node) else ()


def _names(node: Node) -> Names:
    told = {key: text(entry) for key, entry in fields(node, _NAMES).entries.items()}
    for entry in told.values():
        if why := column_problem(entry.text):
            raise bad_value(entry, why, "choose another name")
    made = Names(**{key: entry.text for key, entry in told.items()})
    if len({name.lower() for name in made.all}) < len(made.all):
        raise node.place.error(
            "config.bad_value", "two columns get one name", "names differ by more than case", "choose others"
        )
    return made


def _keep_events(node: Node) -> timedelta:
    found = text(node)
    try:
        return duration(found.text)
    except (ValueError, OverflowError):
        raise bad_value(found, "it is no duration", "write one such as 400d or 104w") from None


_READERS: Mapping[str, tuple[str, Callable[[Node], Any]]] = {
    "sequence_by": ("sequence_by", _sequence),
    "truncate_when": ("truncate_when", lambda node: text(node).text),
    "track": ("track", _untracked),
    "track_except": ("track_except", columns),
    "except": ("drop", columns),
    "ignore_null_updates": ("ignore_nulls", truth),
    "tie_break": ("tie_break", columns),
    "names": ("names", _names),
    "open_end": ("open_end", lambda node: text(node).text),
    "keep_events": ("keep_events", _keep_events),
    "members": ("members", truth),
}


def _check(found: Fields, made: Transform) -> None:
    """What goes with what."""
    history = made.materialization is Materialization.SCD2
    snapshot = "snapshot" in found.entries and truth(found.entries["snapshot"])
    if "snapshot" in found.entries and not snapshot:
        raise found.keys["snapshot"].error(
            "config.no_effect", "'snapshot' is false", "that is so where it is not there", "remove it"
        )
    if "sequence_by" not in found.keys and not snapshot:
        raise found.place.error(
            "transform.missing_option",
            f"{made.materialization.value!r} needs 'sequence_by', or 'snapshot: true'",
            "without it, which of two events of a key is the later cannot be told",
            "name the column that orders the events of a key",
        )
    timed = snapshot and "sequence_by" not in found.keys
    rules = (
        *((key, "materialization: scd2", history) for key in ("track", "track_except", "names", "open_end", "members")),
        *((key, "snapshot: true", snapshot) for key in ("absent", "scope")),
        *((key, "`sequence_by`", not timed) for key in _ORDERED),
    )
    refuse_without_effect(found, "here", rules)
    _refuse_beside(found, "track", ("track_except",), "`track` names all columns that count")
    _refuse_beside(found, "snapshot", _OF_CHANGES, "a snapshot tells all that there is, and no changes")
    _refuse_beside(found, "ignore_null_updates", ("keep_events",), "a NULL that leaves what was before needs all of it")
    if (
        "scope" in found.entries
        and "absent" in found.entries
        and choice(found.entries["absent"], Absent) is Absent.KEEP
    ):
        _refuse_beside(found, "absent", ("scope",), "keys that a snapshot lacks are kept, whatever its scope")


def _refuse_beside(found: Fields, key: str, others: Sequence[str], why: str) -> None:
    for other in others:
        if key in found.keys and other in found.keys:
            raise found.keys[other].error(
                "config.no_effect", f"{other!r} has no effect beside {key!r}", why, f"remove {other!r} or {key!r}"
            )


_OF_CHANGES = ("delete_when", "truncate_when", "ignore_null_updates")
_ORDERED = ("tie_break", "incremental")


def _dataset_of_events(whole: Transform) -> Dataset:
    name = f"{whole.name}{_EVENTS}"
    try:
        return parse_dataset(name)
    except ValueError:
        raise ConfigError(
            "config.bad_dataset",
            f"{whole.name} is too long a name for a dimension",
            where=whole.place,
            why=f"its events are the dataset {name}, and a name has at most 63 characters",
            next="rename the file",
        ) from None


def split(draft: Draft) -> tuple[Draft, ...]:
    """The transform as it is; of a dimension the one that keeps its events, and the one that makes it of them."""
    whole = draft.transform
    if whole.dimension is None:
        return (draft,)
    kept = _dataset_of_events(whole)
    events = evolve(
        whole,
        dataset=kept,
        materialization=Materialization.EVENTS,
        keys=(),
        checks=(),
        options=AS_THEY_ARE,
        together=(whole.name,),
    )
    made = evolve(
        whole,
        language=Language.NONE,
        inputs=(Mention(str(kept), whole.place),),
        incremental=(str(kept),),
        affected_by=whole.keys,
        code="",
        lineage={},
        together=(str(kept),),
    )
    return Draft(events, draft.body), Draft(made, "")
