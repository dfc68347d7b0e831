"""Raw values as texts: what the text rules of `lakekit.sql.cast` read back as the same value."""

from __future__ import annotations

from sqlglot import exp

from lakekit.domain.types import Kind, flat_type
from lakekit.sql.as_json import as_json
from lakekit.sql.tree import case, cast, concat, own, text


def as_text(raw: exp.Expression, physical: str) -> exp.Expression:
    """The canonical text of a value of the Spark DDL type `physical`; NULL for NULL.

    Timestamps are ISO with six digits of a second and Z, those without a zone as UTC; decimals have all their digits
    and no exponent; floats are the shortest text that reads back; binary is hex; nested values are
    JSON, of parts written so.
    """
    type_ = flat_type(physical)
    if physical == "string":
        return own(raw)
    if physical in {"timestamp", "timestamp_ntz"}:
        day, time = (exp.TimeToStr(this=own(raw), format=text(f)) for f in ("%Y-%m-%d", "%H:%M:%S.%f"))
        return concat(day, text("T"), time, text("Z"))
    if physical == "binary":
        return exp.Hex(this=own(raw))
    if physical.partition("<")[0] in {"array", "map", "struct"}:
        return as_json(raw, physical, as_text)
    if type_ is not None and type_.kind is Kind.DECIMAL and type_.precision == type_.scale:
        return _with_leading_zero(cast(raw, "string"))
    # The tree tells a float: not every engine writes it alike.
    return cast(cast(raw, physical) if physical in {"float", "double"} else raw, "string")


def _with_leading_zero(told: exp.Expression) -> exp.Expression:
    """Some engines write a decimal without whole digits as `.50`."""
    start = exp.Substring(this=own(told), start=exp.Literal.number(2))
    return case(
        (exp.StartsWith(this=own(told), expression=text(".")), concat(text("0"), told)),
        (exp.StartsWith(this=own(told), expression=text("-.")), concat(text("-0"), start)),
        otherwise=told,
    )
