"""JSON Schemas (draft 2020-12) of the files that a user writes, for editors that check and complete while one types.

They accept whatever the readers of this package accept; what a schema cannot say, such as that a watermark column is
one of the contract's, the readers alone refuse. `${NAME}` may stand for values of the settings.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any

from lakekit.domain.alert import AlertKind
from lakekit.domain.evolution import MissingColumn, NewColumn, RenamedCase, TypeChange
from lakekit.domain.notation import Special
from lakekit.domain.suite import CheckKind, Severity
from lakekit.domain.types import PLAIN_NAMES
from lakekit.domain.watermark import NullWatermark
from lakekit.project import contracts, settings, sources, suites, tables
from lakekit.project.cases import discovery, reading
from lakekit.project.model import LoadType

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = list(PLAIN_NAMES)
_OTHER_TYPES = (r"^decimal\(\s*\d{1,2}\s*,\s*\d{1,2}\s*\)$", "^(array|map|struct)<.+>$")
_VALUE: Schema = {"type": ["string", "number", "boolean"]}
_TEXT: Schema = {"type": "string"}
_TRUTH: Schema = {"type": "boolean"}
_NAMES: Schema = {"type": "array", "items": _TEXT, "uniqueItems": True}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_VARIABLE: Schema = {"type": "string", "pattern": r"\$\{"}


def contract() -> Schema:
    """Of `config/schema_definitions/<name>.schema.json`."""
    evolution = {
        "new_column": _one_of(NewColumn, "A column that the contract does not name."),
        "missing_column": _one_of(MissingColumn, "A column of the contract that the source lacks."),
        "type_change": _one_of(TypeChange, "A column of another type."),
        "renamed_case": _one_of(RenamedCase, "A name that differs in upper and lower case alone."),
    }
    properties = {
        "$schema": _TEXT,
        "name": {**_TEXT, "description": "As the file is called."},
        "description": _TEXT,
        "keys": {**_NAMES, "description": "The columns that name a row."},
        "columns": {"type": "array", "minItems": 1, "items": _object(_column(), ("name", "type"))},
        "evolution": _object(evolution),
        "notation": _object({"null_markers": _TEXTS, **_notation()}),
    }
    return _document("lakekit contract", _object(properties, ("name", "columns")))


def environment() -> Schema:
    """Of `config/<environment>.yaml`, and of `lakekit.yaml`."""
    engine = {
        "name": _TEXT,
        "memory": {**_TEXT, "description": "A size such as 2GB."},
        "threads": {"type": ["integer", "string"]},
        "master": _TEXT,
        "remote": _TEXT,
        "conf": {"type": "object"},
    }
    kind = {"anyOf": [_one_of(AlertKind, "What is told."), _VARIABLE]}
    kinds = {"type": "array", "minItems": 1, "items": kind}
    told = {
        "lake": {**_TEXT, "description": "A folder, or s3://bucket/prefix."},
        "engine": {"anyOf": [_TEXT, _object(engine)]},
        "sources": {"type": "object", "additionalProperties": _source()},
        "transforms": {**_NAMES, "description": "Transforms of plugins, by the names that these give them."},
        "state": _TEXT,
        "lease_seconds": {"type": ["number", "string"], "description": "After so long a dead run is taken over."},
        "lineage": _telemetry(),
        "metrics": _telemetry(),
        "alerts": _telemetry(on=kinds),
    }
    own = {"environment": {**_TEXT, "description": "In lakekit.yaml: which environment the file is of."}}
    return _document("lakekit settings", _object({**own, **{key: told[key] for key in settings.KEYS}}))


def _telemetry(**own: Schema) -> Schema:
    """An adapter's name, or with options of its own, which may be any."""
    return {"anyOf": [_TEXT, _object({"adapter": _TEXT, **own}, ("adapter",), more=True)]}


def suite() -> Schema:
    """Of `config/dq.yaml`."""
    limit = {"type": ["number", "string"], "description": "A number, or a name from dq_thresholds.yaml."}
    check = {
        "check": _one_of(CheckKind, "What is asked of a batch."),
        "severity": _one_of(Severity, "A critical check holds the batch back; a warning is told."),
        "columns": _NAMES,
        "min": limit,
        "max": limit,
    }
    checks = {"type": "array", "items": _object(check, ("check",))}
    suites_ = {"type": "object", "additionalProperties": checks}
    return _document("lakekit suites", _object({"suites": suites_}, ("suites",)))


def thresholds() -> Schema:
    """Of `config/dq_thresholds.yaml`."""
    number = {"type": ["number", "string"]}
    return _document("lakekit thresholds", {"type": "object", "additionalProperties": number})


def cases() -> Schema:
    """Of `tests/transforms/<name>.yaml`."""
    cell = {"type": ["string", "number", "boolean", "null"]}
    lines = _object(
        {reading.CSV: {**_TEXT, "description": "Lines of CSV, the first with the columns."}}, (reading.CSV,)
    )
    given = {"anyOf": [{"type": "array", "items": {"type": "object", "additionalProperties": cell}}, lines]}
    made = {"anyOf": [{"type": "array", "items": {"type": "object"}}, lines]}
    inputs = {"type": "object", "additionalProperties": given}
    told = {
        "name": _TEXT,
        "transform": {**_TEXT, "description": "The dataset: silver.orders."},
        "inputs": {**inputs, "description": "Rows of the datasets that it reads; one that is left out has none."},
        "then": {"type": "array", "items": inputs, "description": "Rows that come later, each built as an increment."},
        "expect": {**made, "description": "The rows of the table at the end; columns left out are not compared."},
        "exact": {**_TRUTH, "description": "Compare all columns."},
        "ordered": {**_TRUTH, "description": "Compare the order of the rows too."},
        "now": {**_TEXT, "description": "The time in the query: 2026-01-31T00:00:00Z."},
        "description": _TEXT,
    }
    case = _object({key: told[key] for key in reading.KEYS}, ("name", "transform", "inputs", "expect"))
    return _document("lakekit cases", _object({"cases": {"type": "array", "items": case}}, ("cases",)))


SCHEMAS: Mapping[str, tuple[str, Callable[[], Schema]]] = {
    "contract": (contracts.contract_file("*"), contract),
    "settings": ("config/<environment>.yaml", environment),
    "suites": (suites.SUITES, suite),
    "thresholds": (suites.THRESHOLDS, thresholds),
    "cases": (f"{discovery.FOLDER}/*{discovery.SUFFIX}", cases),
}
"""Each schema by its name, with the files that it is for."""


def _column() -> Schema:
    types = {"anyOf": [{"enum": _TYPES}, *({"type": "string", "pattern": pattern} for pattern in _OTHER_TYPES)]}
    told = {
        "name": _TEXT,
        "type": types,
        "required": {**_TRUTH, "description": "A row without a value is rejected."},
        "default": {**_VALUE, "description": "Stands in for no value."},
        "pattern": {**_TEXT, "description": "An expression (RE2) that the whole text matches."},
        "min": _VALUE,
        "max": _VALUE,
        "allowed": {"type": "array", "minItems": 1, "items": _VALUE},
        "null_markers": {**_TEXTS, "description": "Texts that mean no value."},
        "pii": {**_TEXT, "description": "A tag that says that the values are personal."},
        "description": _TEXT,
        "format": {"anyOf": [_TEXT, _TEXTS], "description": "How dates and timestamps are written: %d.%m.%Y."},
        **_notation(),
    }
    return {key: told[key] for key in contracts.COLUMN_KEYS}


def _notation() -> Schema:
    return {
        "trim": {**_TRUTH, "description": "Take white space off texts."},
        "nan": _one_of(Special, "Floats that are no number."),
        "infinity": _one_of(Special, "Floats that are infinite."),
        "decimal_separator": {**_TEXT, "minLength": 1, "maxLength": 1},
        "thousands_separator": {**_TEXT, "minLength": 1, "maxLength": 1},
        "zone": {**_TEXT, "description": "Where timestamps without an offset are local times: Europe/Berlin."},
    }


def _source() -> Schema:
    """Its adapter's own keys may be any."""
    table = {
        "partition_by": _NAMES,
        "cluster_by": _NAMES,
        "constraints": _boolean(),
        "change_data_feed": _boolean(),
        "log_retention": _TEXT,
        "file_retention": _TEXT,
        "deletion_vectors": {},
        "column_mapping": {},
    }
    told = {
        "adapter": _TEXT,
        "load_type": {"anyOf": [_one_of(LoadType, "The whole each time, or what is new."), _VARIABLE]},
        "watermark_column": {**_TEXT, "description": "The column along which new rows are found."},
        "watermark_state_key": _TEXT,
        "lookback": {"type": ["string", "number"], "description": "How far to read again: 3d, 12h, or a number."},
        "null_watermark": {
            "anyOf": [_one_of(NullWatermark, "Rows without a value in the watermark column."), _VARIABLE],
        },
        "contract": _TEXT,
        "keys": _NAMES,
        "delta": _object({key: table[key] for key in tables.KEYS}),
    }
    return _object({key: told[key] for key in sources.KEYS}, ("load_type",), more=True)


def _boolean() -> Schema:
    return {"anyOf": [_TRUTH, _VARIABLE]}


def _one_of(kinds: type[enum.Enum], description: str) -> Schema:
    return {"enum": [kind.value for kind in kinds], "description": description}


def _object(properties: Schema, required: tuple[str, ...] = (), *, more: bool = False) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": more}
    return {**made, "required": list(required)} if required else made


def _document(title: str, schema: Schema) -> Schema:
    return {"$schema": _DRAFT, "title": title, **schema}
