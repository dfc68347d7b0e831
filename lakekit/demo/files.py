"""Deliveries as files: CSV as an export writes it, Parquet through the engine that the project uses."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlglot import exp

from lakekit.demo.rows import Delivery

if TYPE_CHECKING:
    from lakekit.ports.engine import Engine

PARQUET_TYPES = dict.fromkeys(("customer_id", "product_id"), exp.DataType.Type.BIGINT)
"""The columns that a tracker writes as numbers; the others are texts."""


def deliver(delivery: Delivery, data: Path, engine: Engine) -> Path:
    """Write one delivery below the folder `data`, whole or not at all, and return its file."""
    target = data / delivery.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=data, prefix=".delivery-") as folder:
        made = Path(folder, "made")
        if target.suffix == ".parquet":
            made = engine.write(values(delivery), {}, made)[0].path
        else:
            made.write_text(csv_text(delivery), encoding="utf-8", newline="")
        made.replace(target)
    return target


def csv_text(delivery: Delivery) -> str:
    """The delivery as CSV with a header, broken records as they are."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(delivery.columns)
    for record in delivery.records:
        if record.line is None:
            writer.writerow(record.values.values())
        else:
            text.write(f"{record.line}\n")
    return text.getvalue()


def values(delivery: Delivery) -> exp.Query:
    """The delivery's records as a query of literals; an empty text is null."""
    rows = exp.Values(
        expressions=[exp.Tuple(expressions=[_literal(v) for v in r.values.values()]) for r in delivery.records],
        alias=exp.TableAlias(
            this=exp.to_identifier("records", quoted=True),
            columns=[exp.to_identifier(column, quoted=True) for column in delivery.columns],
        ),
    )
    return exp.select(*(_column(column) for column in delivery.columns)).from_(rows)


def _literal(value: str) -> exp.Expr:
    return exp.Literal.string(value) if value else exp.null()


def _column(name: str) -> exp.Expr:
    column = exp.column(exp.to_identifier(name, quoted=True))
    kind = PARQUET_TYPES.get(name, exp.DataType.Type.TEXT)
    return exp.alias_(exp.cast(column, kind), name, quoted=True)
