"""Rejected rows and malformed records as rows of a quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.domain.contract import MALFORMED, Contract, Rule, rules
from lakekit.domain.schema import QUARANTINE_COLUMNS, REASONS_TYPE
from lakekit.sql.evidence import failed, fingerprint, row, values
from lakekit.sql.landing import FILE
from lakekit.sql.lanes import DUPLICATE, LANE, REJECTED, Stamp
from lakekit.sql.tree import (
    all_of,
    case,
    cast,
    column,
    count,
    lambda_,
    name,
    named,
    named_struct,
    subquery,
    table,
    text,
    text_map,
    union_all,
)

QUARANTINED = "quarantined"
MALFORMED_TABLE, EXISTING = "malformed", "existing"
"""Tables of the query beside the rejected lane's, which is called by the lane's name."""

_UNPARSED = Rule(MALFORMED, "", "the record could not be parsed")


def quarantine_query(
    contract: Contract,
    cursor: str | None,
    stamp: Stamp,
    *,
    rejected: bool,
    malformed: Mapping[str, str],
    existing: Sequence[str] = (),
) -> exp.Query:
    """Every rejected row and malformed record once: the columns QUARANTINE_COLUMNS, and its lane, `_lane`.

    Reads the table `rejected`, which `lanes_query` wrote, where there is one, and the table `malformed`, with
    positions, whose files are the keys of that mapping and their sources its values; there must be one of them. With
    `existing`, columns by which a row is known again, also the table of that name, the dataset's quarantine: of as many
    equal rows as it holds the batch's first are `duplicate`. Others are `quarantined`.
    """
    found = [_rejected(contract, cursor)] if rejected else []
    if malformed:
        found.append(_malformed(malformed))
    hashed = exp.Select(expressions=[exp.Star(), named(fingerprint(column("values")), "content_hash")])
    rows = hashed.from_(subquery(union_all(found), "r"), copy=False)
    known = {c.name: column(c.name, "r") for c in QUARANTINE_COLUMNS}
    stamped = {s.alias: s.this for s in stamp.columns(column("_source", "r"))}
    told = known | stamped | {"contract_version": text(contract.version)}
    columns = [named(told[c.name], c.name) for c in QUARANTINE_COLUMNS]
    if not existing:
        lanes = [*columns, named(text(QUARANTINED), LANE)]
        return exp.Select(expressions=lanes).from_(subquery(rows, "r"), copy=False)
    repeated = exp.LTE(this=column("ordinal", "r"), expression=column("held", "x"))
    lane = case((repeated, text(DUPLICATE)), otherwise=text(QUARANTINED))
    same = all_of([exp.EQ(this=column(c, "r"), expression=column(c, "x")) for c in existing])
    query = exp.Select(expressions=[*columns, named(lane, LANE)])
    query.from_(subquery(_numbered(rows, existing), "r"), copy=False)
    return query.join(subquery(_held(existing), "x"), on=same, join_type="left", copy=False)


def _rejected(contract: Contract, cursor: str | None) -> exp.Select:
    """Its `values`, `reasons`, `_source` and `_row`."""
    packed = column("_extra")
    numbered = exp.Map(
        keys=exp.Array(expressions=[text(str(i)) for i, _ in enumerate(rules(contract, cursor))]),
        values=exp.Array(expressions=[_reason(rule) for rule in rules(contract, cursor)]),
    )
    reason = exp.Bracket(this=numbered, expressions=[exp.Column(this=name("i"))])
    reasons = exp.Transform(this=failed(packed), expression=lambda_("i", reason))
    return exp.Select(
        expressions=[
            named(values(packed), "values"),
            named(cast(reasons, REASONS_TYPE), "reasons"),
            column("_source"),
            named(row(packed), "_row"),
        ]
    ).from_(table(REJECTED), copy=False)


def _malformed(sources: Mapping[str, str]) -> exp.Select:
    """The same of records that could not be parsed: their line and their text."""
    told = case(*((exp.EQ(this=column(FILE), expression=text(f)), text(s)) for f, s in sources.items()))
    line, raw = column("c0"), column("c1")
    return exp.Select(
        expressions=[
            named(text_map([("_raw", cast(raw, "string"))]), "values"),
            named(cast(exp.Array(expressions=[_reason(_UNPARSED)]), REASONS_TYPE), "reasons"),
            named(told, "_source"),
            named(cast(line, "long"), "_row"),
        ]
    ).from_(table(MALFORMED_TABLE), copy=False)


def _reason(rule: Rule) -> exp.Struct:
    return named_struct([("code", text(rule.code)), ("column", text(rule.column)), ("message", text(rule.message))])


def _numbered(rows: exp.Select, same: Sequence[str]) -> exp.Select:
    """The rows, each with its `ordinal` among equal ones."""
    order = exp.Order(expressions=[exp.Ordered(this=column(c)) for c in ("_source", "_row")])
    ordinal = exp.Window(this=exp.RowNumber(), partition_by=[column(c) for c in same], order=order)
    return exp.Select(expressions=[exp.Star(), named(ordinal, "ordinal")]).from_(subquery(rows, "r"), copy=False)


def _held(same: Sequence[str]) -> exp.Select:
    """How many of each kind the quarantine holds."""
    held = exp.Select(expressions=[*(column(c) for c in same), named(count(), "held")])
    return held.from_(table(EXISTING), copy=False).group_by(*(column(c) for c in same), copy=False)
