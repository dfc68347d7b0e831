"""What a table that others kept says, and whether its history can be told."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from lakekit.app.table_files import rows_of
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.app.transform.keys_shown import keys_shown
from lakekit.app.transform.made import as_files
from lakekit.domain.adoption import Fault, Findings, Found, Weight
from lakekit.domain.errors import GateError
from lakekit.ports.engine import Input, Written
from lakekit.ports.table_store import Content
from lakekit.sql.dimension.adopting import counts_query, faulty_keys_query, keys_count_query
from lakekit.sql.dimension.judging import JUDGED, judged_query
from lakekit.sql.dimension.taking import OLD, READ, Taking, reading_query

_SHOWN = 3
_WITHOUT_KEYS = (Fault.NULL_KEY, Fault.DUPLICATE)


def judged(workshop: Workshop, taking: Taking, content: Content, folder: Path) -> tuple[Written, ...]:
    """The rows of the table, each beside its neighbours."""
    engine = workshop.tools.engine
    old = rows_of(content.files, content.snapshot.columns)
    read = engine.write(reading_query(taking), {OLD: old}, folder / "read")
    if not read:
        return ()
    return engine.write(
        judged_query(taking, workshop.tools.clock.now().isoformat()), {READ: as_files(read)}, folder / "judged"
    )


def findings_of(
    workshop: Workshop, job: TransformJob, taking: Taking, source: str, content: Content, rows: tuple[Written, ...]
) -> Findings:
    """What the judged rows tell."""
    told = tuple(c.name for c in taking.frame.told)
    taken = tuple((name, s) for name, s in zip(told, taking.sources, strict=True) if s)
    used = {*(s for _, s in taken), *taking.intervals.columns}
    left_out = tuple(c.name for c in content.snapshot.columns if c.name not in used)
    missing = tuple(name for name, s in zip(told, taking.sources, strict=True) if s is None)
    version = content.snapshot.version
    if not rows:
        return Findings(source, version, 0, 0, (), taken, left_out, missing)
    engine, inputs = workshop.tools.engine, {JUDGED: as_files(rows)}
    ((keys,),) = engine.rows(keys_count_query(taking), inputs)
    (row,) = engine.rows(counts_query(), inputs)
    counts = iter(int(str(n)) for n in row)
    total, gone, ends, meets = islice(counts, 4)
    found = dict(zip(Fault, counts, strict=True))
    if meets:  # intervals that meet somewhere are not written with their last moment
        found[Fault.HAIRLINE] = 0
    return Findings(
        source,
        version,
        total,
        int(str(keys)),
        tuple(Found(f, n, _keys(workshop, job, taking, f, inputs)) for f, n in found.items() if n),
        taken,
        left_out,
        missing,
        upserts=total - gone - found[Fault.DUPLICATE] - sum(found[f] for f in QUARANTINED),
        deletes=gone + ends,
        quarantined={f.value: found[f] for f in QUARANTINED if found[f]},
        duplicates=found[Fault.DUPLICATE],
    )


QUARANTINED = (Fault.NULL_KEY, Fault.NULL_START, Fault.EMPTY, Fault.BACKWARD, Fault.SAME_START)
"""The faults whose versions count for nothing."""


def _keys(
    workshop: Workshop, job: TransformJob, taking: Taking, fault: Fault, inputs: Mapping[str, Input]
) -> tuple[str, ...]:
    if fault in _WITHOUT_KEYS:
        return ()
    found = workshop.tools.engine.rows(faulty_keys_query(taking, fault, _SHOWN), inputs)
    return tuple(keys_shown(workshop, job, taking.dimension.keys, found))


def refuse(job: TransformJob, findings: Findings, *, accept: bool) -> None:
    """Raises GateError where history cannot be told: `adopt.tied` whatever is accepted, `adopt.faults` where it takes a
    rule that nobody has accepted."""
    if tied := findings.of(Weight.FATAL):
        raise GateError(
            "adopt.tied",
            f"{tied[0].versions} versions begin and end when another of their key does, and differ",
            where=findings.source,
            why="which of them is true cannot be told",
            next="delete the wrong ones, or copy the table without them; nothing was adopted",
        )
    faults = findings.of(Weight.FAULT)
    if faults and not accept:
        raise GateError(
            "adopt.faults",
            f"the history of {job.transform.name} cannot be told from it as it is",
            where=findings.source,
            why=", ".join(f"{found.fault.value} ({found.versions})" for found in faults),
            next="mend the table, or take it by the rules of docs/adopt.md with --accept-faults; nothing was adopted",
        )
