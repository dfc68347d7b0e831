"""The evidence that a rejected row carries from the lanes to the quarantine, in its `_extra`, which no reader of a
rejected row ever sees.

Evidence is a record of texts by name: `row`, the row's position in its source; `rules`, the numbers of the rules it
failed, counted from 0 in the order of `lakekit.domain.contract.rules` and joined by commas; and for each column of the
landing `=` and its name, the raw value as canonical text. The mark keeps any name of a column apart from the first two.

It is packed into a map of one entry, since a map of many costs three times as much to write: the key is the names and
the value the texts, each list joined by RS US. Within them RS becomes RS x, so RS US stands nowhere else; NULL is RS n.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.sql.tree import case, cast, coalesce, lambda_, member, name, named_struct, text, text_map

_ROW, _RULES, _VALUE = "row", "rules", "="
_RS = "\x1e"
_BETWEEN, _ESCAPED, _NULL = _RS + "\x1f", _RS + "x", _RS + "n"


def pack(
    row: exp.Expression, predicates: Sequence[exp.Expression], values: Mapping[str, exp.Expression]
) -> exp.Expression:
    """The evidence of a row at position `row` that fails those of `predicates` that are true, as a map<string,string>.
    `values` are texts, by the names of the landing's columns."""
    numbers = [case((failed, text(str(i)))) for i, failed in enumerate(predicates)]
    names = [_ROW, _RULES, *(_VALUE + n.replace(_RS, _ESCAPED) for n in sorted(values))]
    raw = [coalesce(_replace(values[n], _RS, _ESCAPED), text(_NULL)) for n in sorted(values)]
    return text_map([(_BETWEEN.join(names), _join([cast(row, "string"), _join(numbers, ","), *raw], _BETWEEN))])


def unpack(packed: exp.Expression) -> exp.Expression:
    """The record as a map<string,string>, from which the functions below take what they are named after."""
    keys, told = (
        exp.Split(this=_join_all(exp.func(of, packed.copy())), expression=text(_BETWEEN))
        for of in ("MAP_KEYS", "MAP_VALUES")
    )
    plain = _replace(exp.Column(this=name("t")), _ESCAPED, _RS)
    value = exp.Nullif(this=exp.Column(this=name("t")), expression=text(_NULL))
    return exp.Map(
        keys=exp.Transform(this=keys, expression=lambda_("t", plain)),
        values=exp.Transform(this=told, expression=lambda_("t", _replace(value, _ESCAPED, _RS))),
    )


def row(record: exp.Expression) -> exp.Expression:
    """The position, a long."""
    return cast(exp.Bracket(this=record.copy(), expressions=[text(_ROW)]), "long")


def failed(record: exp.Expression) -> exp.Expression:
    """The numbers of the failed rules, an array of texts."""
    return exp.Split(this=exp.Bracket(this=record.copy(), expressions=[text(_RULES)]), expression=text(","))


def values(record: exp.Expression) -> exp.Expression:
    """The raw values by the source's names, in the order of the names: map<string,string>."""
    marked = exp.StartsWith(this=member("e", "key"), expression=text(_VALUE))
    unmarked = exp.Substring(this=member("e", "key"), start=exp.Literal.number(len(_VALUE) + 1))
    raw = exp.ArrayFilter(this=exp.func("MAP_ENTRIES", record.copy()), expression=lambda_("e", marked))
    entry = named_struct([("key", unmarked), ("value", member("e", "value"))])
    return exp.MapFromEntries(this=exp.Transform(this=raw, expression=lambda_("e", entry)))


def fingerprint(values_: exp.Expression) -> exp.Expression:
    """SHA-256, in hex, of a map of texts: the same for the same names and values in the same order and, as each text
    stands behind its length, for no others."""
    value = case((exp.Is(this=member("e", "value"), expression=exp.Null()), text("-")), otherwise=_counted("value"))
    entry = _concat(_counted("key"), value)
    told = exp.Transform(this=exp.func("MAP_ENTRIES", values_.copy()), expression=lambda_("e", entry))
    return exp.SHA2(this=_join_all(told), length=exp.Literal.number(256))


def _counted(field: str) -> exp.Expression:
    length = cast(exp.Length(this=member("e", field)), "string")
    return _concat(length, text(":"), member("e", field))


def _concat(*texts: exp.Expression) -> exp.Expression:
    return exp.Concat(expressions=list(texts), safe=False, coalesce=False)


def _join(texts: Sequence[exp.Expression], between: str) -> exp.Expression:
    """NULLs are left out."""
    return exp.ArrayToString(this=exp.Array(expressions=list(texts)), expression=text(between))


def _join_all(texts: exp.Expr) -> exp.Expression:
    return exp.ArrayToString(this=texts, expression=text(""))


def _replace(told: exp.Expression, old: str, new: str) -> exp.Expression:
    return exp.Replace(this=told.copy(), expression=text(old), replacement=text(new))
