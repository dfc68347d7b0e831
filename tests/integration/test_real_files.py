"""Files with faults that nobody here made, as they lie in public npm packages.

Every package is fetched once, by its digest, and nothing of it is kept in this repository. Counts are those that a
person reads off the file, or that Python's csv module gives, or, for csv-spectrum, the answers that its authors wrote.

csv-spectrum 1.0.0 (BSD-2-Clause), csvtojson 1.1.12 (MIT), papaparse 5.4.1 (MIT), vega-datasets 2.8.1 (BSD-3-Clause),
ya-csv 0.9.4 (MIT).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

import pytest

from lakekit.domain.batch import Counts
from lakekit.domain.report import BatchReport
from tests.integration.projects import Project

REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
PACKAGES = {
    "csv-spectrum-1.0.0": "6e0aee64133cff5395c60dc10c0f99323f64c46c7e597a44192a08c42b5c3915",
    "csvtojson-1.1.12": "a17dc85044b75c5a9853363337c0a21b132e180801d5741386c26640cf6d80d2",
    "papaparse-5.4.1": "149cb54355704a4248d255912f2cfece7acbc98e8a0acd59b5e04a2dda08b5a9",
    "vega-datasets-2.8.1": "d4e056e97c1e780fff6a51ee14960e55c51c848700ca9e4838c6f94b60401b4e",
    "ya-csv-0.9.4": "e95dda43eef7ac4a9288c1a7b49caff4fb2ce24c9b6463c6aeef0109e93fb3be",
}


def fetched(package: str) -> tarfile.TarFile:
    """The package's files. Skips where no registry can be reached."""
    kept = Path(tempfile.gettempdir()) / f"lakekit-tests-{os.getuid()}" / f"{package}.tgz"
    content = kept.read_bytes() if kept.exists() else b""
    if hashlib.sha256(content).hexdigest() != PACKAGES[package]:
        url = f"{REGISTRY}/{package.rpartition('-')[0]}/-/{package}.tgz"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                content = answer.read()
        except (OSError, HTTPException) as error:
            pytest.skip(f"no npm registry can be reached ({type(error).__name__})")
        assert hashlib.sha256(content).hexdigest() == PACKAGES[package]
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        # Whole or not at all: other processes of tests look for it too.
        made = kept.with_suffix(f".{os.getpid()}")
        made.write_bytes(content)
        made.replace(kept)
    return tarfile.open(fileobj=io.BytesIO(content))


def content(package: str, file: str) -> bytes:
    with fetched(package) as archive:
        member = archive.extractfile(f"package/{file}")
        assert member is not None
        return member.read()


def ingest(
    folder: Path,
    raw: bytes,
    contract: Mapping[str, str],
    rules: Mapping[str, Mapping[str, object]] | None = None,
    **source: object,
) -> tuple[Project, BatchReport]:
    made = Project(folder)
    made.contract(contract, **(rules or {}))
    made.settings(**{"path": "data", "format": "csv", "load_type": "full", **source})
    (made.root / "data").mkdir()
    (made.root / "data" / "file.csv").write_bytes(raw)
    (batch,) = made.ingest()
    return made, batch


def rejected(project: Project) -> list[tuple[int, str]]:
    """Line and text of the malformed records."""
    return project.rows("_row, values['_raw']", "_errors/bronze/things")


SPECTRUM = (
    *("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf"),
    *("quotes_and_newlines", "simple", "simple_crlf", "utf8"),
)


@pytest.mark.parametrize("name", SPECTRUM)
def test_each_case_of_csv_spectrum_is_read_as_its_authors_say(tmp_path: Path, name: str) -> None:
    answer = json.loads(content("csv-spectrum-1.0.0", f"json/{name}.json"))
    told = [answer] if isinstance(answer, dict) else answer
    columns = dict.fromkeys(told[0], "string")
    exact = {column: {"null_markers": []} for column in columns}
    project, batch = ingest(tmp_path, content("csv-spectrum-1.0.0", f"csvs/{name}.csv"), columns, exact)
    assert batch.counts == Counts(len(told), len(told))
    rows = project.rows(", ".join(f'"{column}"' for column in columns))
    assert sorted(rows) == sorted(tuple(row.values()) for row in told)


LOG = {"TIMESTAMP": "string", "UPDATE": "string", "UID": "int", "BYTES SENT": "long", "BYTES RCVED": "long"}
PLACES = {f"col{number}": "string" for number in range(1, 11)}

CASES: dict[str, tuple[Mapping[str, str], Mapping[str, object], int, list[int]]] = {
    # file: columns, source, how many records a person counts, the lines of those that are none
    "columnArray": (LOG, {}, 5, []),
    "dataWithQoutes": (LOG, {}, 6, [2]),  # line 2: text behind a closing quote
    "dataWithUnclosedQuotes": (LOG, {}, 6, [2, 7]),  # quotes that are open at the ends of lines 2 and 7
    "dataWithComma": (PLACES, {}, 4, [3, 4, 5]),  # three lines of more than ten fields, as # is no quote
    "dataWithAutoDelimiter": (PLACES, {"delimiter": ":"}, 4, [3, 4, 5]),
    "dataWithMultipleLineRow": ({"aa": "string", "bb": "string"}, {}, 1, []),
    "dataWithTripleQoutes": ({"Year": "int", "Price": "decimal(8,2)"}, {}, 4, []),
    "dataIgnoreEmpty": ({"col1": "string"}, {"skip_lines": 3}, 4, [9]),  # line 9 has three of five fields
    "dataWithSlashEscape": ({"id": "int"}, {}, 1, [2]),
    "dataNoTrimBOM": ({"name": "string", "age": "int"}, {}, 2, []),
    "dataNoTrimCRLF": ({"name": "string", "age": "int"}, {}, 2, []),
    "dataTsv": ({"name": "string", "guid": "string"}, {"delimiter": "\t"}, 200, []),
}


@pytest.mark.parametrize("name", CASES)
def test_faults_of_csvtojsons_files_cost_their_records_and_no_other(tmp_path: Path, name: str) -> None:
    columns, source, records, bad = CASES[name]
    raw = content("csvtojson-1.1.12", f"test/data/{name}")
    project, batch = ingest(tmp_path, raw, columns, **source)
    assert batch.counts == Counts(records, records - len(bad), len(bad))
    lines = raw.decode().splitlines()
    assert rejected(project) == [(line, lines[line - 1]) for line in bad]
    assert [(r.code, r.rows) for r in batch.reasons] == ([("malformed_record", len(bad))] if bad else [])


def test_an_escape_of_another_kind_is_read_where_the_source_names_it(tmp_path: Path) -> None:
    raw = content("csvtojson-1.1.12", "test/data/dataWithSlashEscape")
    project, _ = ingest(tmp_path, raw, {"id": "int", "raw": "string"}, escape="\\")
    assert project.rows("raw") == ['{"hello":"world","test":true}']


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("data#139", "source.bad_header"),
        ("emptyFile", "source.no_header"),
        ("dataDiffDelimiter", "source.foreign_columns"),
    ],
)
def test_files_without_a_sound_header_stop_the_batch(tmp_path: Path, name: str, code: str) -> None:
    _, batch = ingest(tmp_path, content("csvtojson-1.1.12", f"test/data/{name}"), {"other": "string"})
    assert batch.failure is not None
    assert batch.failure.code == code


@pytest.mark.parametrize(
    ("package", "file"),
    [
        ("csvtojson-1.1.12", "test/data/large-csv-sample.csv"),
        ("csvtojson-1.1.12", "test/data/large-utf8.csv"),
        ("papaparse-5.4.1", "tests/verylong-sample.csv"),
        ("papaparse-5.4.1", "tests/utf-8-bom-sample.csv"),
        ("vega-datasets-2.8.1", "data/seattle-weather-hourly-normals.csv"),
        ("vega-datasets-2.8.1", "data/windvectors.csv"),
        ("ya-csv-0.9.4", "test/simple_escaping.csv"),
    ],
)
def test_sound_files_have_the_rows_that_pythons_csv_finds(tmp_path: Path, package: str, file: str) -> None:
    raw = content(package, file)
    header, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    told = [row for row in rows if row]
    sound = [tuple(row) for row in told if len(row) == len(header)]
    columns = {f"c{number}": "string" for number, _ in enumerate(header)}
    exact = {column: {"null_markers": []} for column in columns}
    project, batch = ingest(tmp_path, raw, columns, exact, skip_lines=1, columns=list(columns))
    assert batch.counts == Counts(len(told), len(sound), len(told) - len(sound))
    assert sorted(project.rows(", ".join(columns))) == sorted(sound)


def test_a_file_of_crazy_fields_keeps_null_bytes_and_newlines(tmp_path: Path) -> None:
    raw = content("ya-csv-0.9.4", "test/crazy.csv")
    header, *rows = csv.reader(io.StringIO(raw.decode(), newline=""), strict=True)
    project, batch = ingest(tmp_path, raw, dict.fromkeys(header, "string"))
    assert batch.counts == Counts(len(rows), len(rows))
    assert sorted(project.rows(", ".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in header))) == sorted(
        map(tuple, rows)
    )


AIRPORTS = {"iata": "string", "city": "string", "state": "string", "country": "string", "latitude": "double"}
RULES: dict[str, dict[str, object]] = {
    "iata": {"pattern": "[A-Z]{3}"},
    "state": {"required": True, "null_markers": ["", "NA"]},
    "country": {"allowed": ["USA"]},
    "latitude": {"min": 24.5, "max": 49.4},
}


def test_airports_are_rejected_for_the_reasons_that_plain_python_finds(tmp_path: Path) -> None:
    raw = content("vega-datasets-2.8.1", "data/airports.csv")
    wanted: Counter[tuple[str, str]] = Counter()
    bad = 0
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    for row in rows:
        reasons = {
            ("pattern_mismatch", "iata"): not re.fullmatch("[A-Z]{3}", row["iata"]),
            ("missing_value", "state"): row["state"] in ("", "NA"),
            ("not_allowed", "country"): row["country"] not in ("", "USA"),
            ("below_minimum", "latitude"): float(row["latitude"]) < 24.5,
            ("above_maximum", "latitude"): float(row["latitude"]) > 49.4,
        }
        wanted.update(reason for reason, found in reasons.items() if found)
        bad += any(reasons.values())
    _, batch = ingest(tmp_path, raw, AIRPORTS, RULES)
    assert batch.counts == Counts(len(rows), len(rows) - bad, bad)
    assert bad > 100
    assert {(r.code, r.column): r.rows for r in batch.reasons} == dict(wanted)


def test_deaths_without_a_place_or_an_age_are_counted_as_plain_python_counts_them(tmp_path: Path) -> None:
    raw = content("vega-datasets-2.8.1", "data/la-riots.csv")
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    wanted = {
        ("missing_value", column): sum(not row[column] for row in rows) for column in ("age", "longitude", "first_name")
    }
    columns = {"first_name": "string", "age": "int", "death_date": "date", "longitude": "double"}
    required = {column: {"required": True} for _, column in wanted}
    _, batch = ingest(tmp_path, raw, columns, required)
    assert {(r.code, r.column): r.rows for r in batch.reasons} == {key: rows_ for key, rows_ in wanted.items() if rows_}
