"""Functions that Sail 0.7.2 has, and that give another value there than on Spark.

Each was found by running the examples of Spark's own documentation, and several hundred queries more, on both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
_UNSURE = "? "
_FRACTIONS = ("float", "double", "decimal")
_TO_TIMESTAMP = ("to_timestamp", "to_timestamp_ltz", "to_timestamp_ntz", "try_to_timestamp", "timestamp")
_GROUP = re.compile(r"\$\d+[A-Za-z0-9_]|\\")


@frozen
class Call:
    """A function and its arguments: the type of each in Spark DDL, "" where it is not known, or "? " and the types of
    what it is made of, and the text of those that are a text as it stands."""

    name: str
    types: Sequence[str]
    texts: Sequence[str | None]


@frozen
class Other:
    """What Sail does, and what to write instead."""

    what: str
    instead: str = "write it in another way"


def other(call: Call) -> Other | None:
    """What Sail does otherwise; None where it does the same, as far as anyone knows."""
    rule = _RULES.get(call.name)
    return rule(call) if rule else None


def _of_number(call: Call) -> Other | None:
    if len(call.types) == 1 and call.types[0].removeprefix(_UNSURE).startswith(_NUMBERS):
        return Other("takes a number for microseconds, not for seconds", "write CAST(... AS timestamp)")
    return None


def _seconds(call: Call) -> Other | None:
    if call.types and call.types[0].removeprefix(_UNSURE).startswith(_FRACTIONS):
        return Other("leaves out fractions of a second", "write CAST(... AS timestamp)")
    return None


def _of_decimals(what: str) -> Callable[[Call], Other | None]:
    return lambda call: (
        Other(what, "cast decimals to texts") if any("decimal" in type_ for type_ in call.types) else None
    )


def _path(call: Call) -> Other | None:
    return Other("knows no * in a path") if any(text and "*" in text for text in call.texts[1:]) else None


def _replacement(call: Call) -> Other | None:
    if any(text and _GROUP.search(text) for text in call.texts[2:3]):
        return Other("takes $1 with a letter, a digit or _ behind it for another group, and \\ for itself")
    return None


def _several(call: Call) -> Other | None:
    return Other("gives one value and not several") if len(call.types) > 2 else None


def _greatest(call: Call) -> Other | None:
    if any(type_.startswith(("struct", "array")) for type_ in call.types):
        return Other("takes NULL for the greatest within structs and arrays", "see row_number() and max_by")
    return None


def _whole_days(call: Call) -> Other | None:
    if any(text and text.lower() in {"day", "week"} for text in call.texts):
        return Other(
            "counts midnights, not whole days", "write datediff(later, earlier) of dates, or count hours and divide"
        )
    return None


def _everywhere(call: Call) -> Other | None:
    if any(text == "" for text in call.texts[1:2]):
        return Other("puts an empty text before and after", "write regexp_extract_all(..., '.', 0)")
    return None


def _by_the_first(call: Call) -> Other | None:
    """The types of all three are brought together, and not those of the two that may be given alone."""
    tested, *given = call.types
    if len(given) == 2 and (tested not in given or not tested or "?" in tested):
        return Other("has the type of what is tested, too", "write CASE WHEN ... IS NOT NULL THEN ... ELSE ... END")
    return None


_RULES: Mapping[str, Callable[[Call], Other | None]] = {
    **dict.fromkeys(_TO_TIMESTAMP, _of_number),
    "timestamp_seconds": _seconds,
    "to_json": _of_decimals("loses the sign of some decimals, and whole decimals in arrays"),
    "format_string": _of_decimals("writes decimals without their point"),
    "printf": _of_decimals("writes decimals without their point"),
    "get_json_object": _path,
    "regexp_replace": _replacement,
    "max_by": _several,
    "min_by": _several,
    "max": _greatest,
    "min": _greatest,
    **dict.fromkeys(("timestampdiff", "datediff", "date_diff"), _whole_days),
    "split": _everywhere,
    "hash": _of_decimals("makes other numbers of decimals"),
    "xxhash64": _of_decimals("makes other numbers of decimals"),
    "nvl2": _by_the_first,
    "isnan": lambda _: Other("is NULL of NULL, not false", "write ... <=> double('NaN')"),
    "bround": lambda _: Other("rounds halves up, not to even"),
    "initcap": lambda _: Other("begins a word behind any sign, not behind spaces alone"),
}
NAMES = frozenset(_RULES)
