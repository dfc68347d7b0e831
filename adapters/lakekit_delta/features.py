"""What a Delta table may ask of its readers and writers.

delta-rs loads many tables that lakekit's commits would damage, or that engines misread when handed the files;
those are refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lakekit.domain.table_options import OURS

CONSTRAINT = "delta.constraints."

READER = frozenset({"timestampNtz", "vacuumProtocolCheck", "columnMapping"})
"""Reader features that change nothing for plain files; column mapping only where no column uses it."""

WRITER = READER | {
    "appendOnly",
    "invariants",
    "checkConstraints",
    "changeDataFeed",
    "generatedColumns",
    "identityColumns",
    "allowColumnDefaults",
    "domainMetadata",
}
"""Writer features that lakekit's commits keep, or that stand idle where `obstacles` finds no use of them."""

_PARTITIONED = frozenset({"string", "boolean", "byte", "short", "integer", "long", "date"})
"""Types of columns whose values a log tells in one way only."""

_COLUMN_RULES = {
    "delta.invariants": "an invariant",
    "delta.generationExpression": "a generated value",
    "delta.identity.start": "an identity value",
}


def constraints(properties: Mapping[str, str]) -> dict[str, str]:
    """The constraints among a table's properties, by name."""
    return {key.removeprefix(CONSTRAINT): text for key, text in properties.items() if key.startswith(CONSTRAINT)}


def obstacles(
    versions: tuple[int, int],
    readers: Sequence[str],
    writers: Sequence[str],
    partitions: Sequence[str],
    properties: Mapping[str, str],
    schema: Mapping[str, Any],
) -> Iterator[str]:
    """Everything about a table that keeps lakekit from reading or extending it, each in a few words.

    `versions` are the protocol's minimum reader and writer version, `readers` and `writers` its features.
    """
    if versions[0] > 3 or versions[1] > 7:
        yield f"the protocol versions {versions[0]} and {versions[1]}"
    yield from (f"the feature {name}" for name in sorted({*readers} - READER | {*writers} - WRITER))
    if properties.get("delta.columnMapping.mode", "none") != "none":
        yield "column mapping"
    if properties.get("delta.enableDeletionVectors") == "true":
        yield "deletion vectors"
    foreign = (name for name in constraints(properties) if not name.startswith(OURS))
    yield from (f"the constraint {name}" for name in foreign)
    for field in schema["fields"]:
        if field["name"] in partitions and field["type"] not in _PARTITIONED:
            yield f"a partition by {field['name']}, a {field['type']}"
        if not field["nullable"]:
            yield f"NOT NULL on column {field['name']}"
        used = (rule for key, rule in _COLUMN_RULES.items() if key in field["metadata"])
        yield from (f"{rule} in column {field['name']}" for rule in used)
