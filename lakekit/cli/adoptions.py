"""What `lakekit adopt` prints: what was found in a table, and what became of it."""

from __future__ import annotations

import click

from lakekit.cli import documents
from lakekit.cli.grid import grid
from lakekit.cli.words import number, visible
from lakekit.domain.adoption import AdoptionReport, Fault, Findings, Weight
from lakekit.domain.report import Ending

_MEANS = {
    Fault.DUPLICATE: "told again by another row: left out",
    Fault.EMPTY: "ends where it begins: counts for nothing",
    Fault.GAP: "ends before the next begins: kept as a delete and a new life",
    Fault.REPEATED: "same as the one before in all tracked columns: becomes one version with it",
    Fault.OVERLAP: "ends after the next begins, or not at all: would end where the next begins",
    Fault.SEVERAL_CURRENT: "current beside another of its key: the one that begins last would be",
    Fault.BACKWARD: "ends before it begins: would count for nothing",
    Fault.SAME_START: "begins when another of its key does: the one that ends last would count",
    Fault.NULL_KEY: "has no key: would count for nothing",
    Fault.NULL_START: "has no start: would count for nothing",
    Fault.FLAG: "flagged otherwise than its end says: the end would count",
    Fault.FUTURE_END: "ends in the future: does that value stand for no end (--open-end)?",
    Fault.HAIRLINE: "ends just before the next begins: is that its last moment (--inclusive-end)?",
    Fault.LOST_NULL: "has NULL where the one before has a value, which `ignore_null_updates` would keep",
    Fault.TIED: "begins and ends when another of its key does, and differs",
}
_WEIGHTS = {
    Weight.TOLD: "",
    Weight.FAULT: click.style("fault", fg="yellow"),
    Weight.FATAL: click.style("fault", fg="red"),
}


def lines(report: AdoptionReport, *, dry_run: bool) -> list[str]:
    """What was found, a line per kind; then what was done, or would be."""
    found = report.findings
    return [] if found is None else [*_read(found), *_found(found), *_done(report, found, dry_run=dry_run)]


def problems(report: AdoptionReport) -> list[str]:
    """What stopped it, and what to do next."""
    return list(report.build.failure.lines) if report.build.failure else []


def exit_code(report: AdoptionReport) -> int:
    """0 where it ended well, or would."""
    return report.build.failure.exit_code if report.build.failure else 0


def next_command(report: AdoptionReport) -> str:
    """What makes the dimension of its events: rows of others that lie in its place have to give way."""
    return f"lakekit transform {report.dataset}{' --full-refresh' if report.in_place else ''}"


def document(report: AdoptionReport, *, dry_run: bool) -> documents.Document:
    """For `--json`."""
    build, found = report.build, report.findings
    return {
        "dataset": report.dataset,
        "events": build.dataset,
        "dry_run": dry_run,
        "ending": "dry_run" if build.ending is Ending.NOT_RUN else build.ending.value,
        "exit_code": exit_code(report),
        "table_version": build.table_version,
        "added": build.books.added,
        "in_place": report.in_place,
        "found": _findings(found) if found else None,
        "failure": documents.brief(build.failure),
    }


def _findings(found: Findings) -> documents.Document:
    return {
        "table": found.source,
        "version": found.version,
        "rows": found.rows,
        "keys": found.keys,
        "faults": [
            {"kind": f.fault.value, "weight": f.fault.weight.value, "versions": f.versions, "keys": list(f.keys)}
            for f in found.found
        ],
        "columns": dict(found.taken),
        "left_out": list(found.left_out),
        "missing": list(found.missing),
        "events": {
            "upserts": found.upserts,
            "deletes": found.deletes,
            "quarantined": dict(found.quarantined),
            "fresh": found.fresh,
        },
        "duplicates": found.duplicates,
    }


def _read(found: Findings) -> list[str]:
    first = f"{visible(found.source)}, version {found.version}: {number(found.rows)} rows of {number(found.keys)} keys"
    others = [f"{name} from {source}" for name, source in found.taken if name != source]
    told = (("taken", others), ("left out", found.left_out), ("not there, NULL", found.missing))
    return [first, *(f"  {what}: {', '.join(map(visible, names))}" for what, names in told if names)]


def _found(found: Findings) -> list[str]:
    rows = [
        (f.fault.value, number(f.versions), _WEIGHTS[f.fault.weight], _MEANS[f.fault], visible(" ".join(f.keys)))
        for f in found.found
    ]
    return grid(("found", ">rows", "", "", "keys such as"), rows) if rows else ["  no fault"]


def _done(report: AdoptionReport, found: Findings, *, dry_run: bool) -> list[str]:
    if report.build.failure:
        return []
    kept = sum(found.quarantined.values())
    counts = [f"{number(found.upserts)} upserts", f"{number(found.deletes)} deletes"]
    counts += [f"{number(kept)} that count for nothing"] if kept else []
    events = f"{', '.join(counts)}; {number(found.fresh)} of these are new to {report.build.dataset}"
    if dry_run:
        return [f"would add {events}"]
    if report.build.ending is Ending.NOTHING_NEW:
        return [f"nothing new: {events}"]
    after = "its rows will take the place of those there" if report.in_place else "makes the dimension of them"
    return [f"added {events}, version {report.build.table_version}", f"next: {next_command(report)}  # {after}"]
