"""The evidence that a rejected row carries from the lanes to the quarantine, in its `_extra`, which no reader of a
rejected row ever sees.

It is a map of one entry, since a map of many costs several times as much to write and to read:

    names joined by RS US  ->  position ":" rules RS US texts joined by RS US

names    of the landing's columns, in their own order
position of the row in its source
rules    the numbers of those that it failed, from 0 in the order of `lakekit.domain.contract.rules`, joined by commas
texts    the raw values as canonical texts, in the order of the names

Within a name or a text RS becomes RS x, so that RS US stands between two alone; a value that is NULL is RS n.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.sql.tree import any_of, case, cast, coalesce, lambda_, member, name, own, text, text_map

_RS = "\x1e"
_BETWEEN, _ESCAPED, _NULL = _RS + "\x1f", _RS + "x", _RS + "n"


def pack(
    row: exp.Expression, predicates: Sequence[exp.Expression], values: Mapping[str, exp.Expression]
) -> exp.Expression:
    """The evidence of a row at position `row` that fails those of `predicates` that are true, as a map<string,string>.
    `values` are texts, by the names of the landing's columns."""
    names = _BETWEEN.join(n.replace(_RS, _ESCAPED) for n in sorted(values))
    numbers = _join([case((failed, text(str(i)))) for i, failed in enumerate(predicates)], ",")
    head = _concat(cast(row, "string"), text(":"), numbers)
    texts = [coalesce(_replace(values[n], _RS, _ESCAPED), text(_NULL)) for n in sorted(values)]
    return text_map([(names, _join([head, *texts], _BETWEEN))])


def row(packed: exp.Expression) -> exp.Expression:
    """The position, a long."""
    return cast(_part(_head(packed), ":", 1), "long")


def failed(packed: exp.Expression) -> exp.Expression:
    """The numbers of the failed rules, an array of texts."""
    return exp.Split(this=_part(_head(packed), ":", 2), expression=text(","))


def values(packed: exp.Expression) -> exp.Expression:
    """The raw values by the source's names, in the order of the names: map<string,string>."""
    start = exp.Add(this=exp.Length(this=_head(packed)), expression=exp.Literal.number(len(_BETWEEN) + 1))
    texts = exp.Substring(this=_only("MAP_VALUES", packed), start=start)
    return exp.Map(keys=_unjoined(_only("MAP_KEYS", packed)), values=_unjoined(texts))


def fingerprint(values_: exp.Expression) -> exp.Expression:
    """SHA-256, in hex, of a map of texts: the same for the same names and values in the same order and, as each text
    stands behind its length, for no others."""
    value = case((exp.Is(this=member("e", "value"), expression=exp.Null()), text("-")), otherwise=_counted("value"))
    entry = _concat(_counted("key"), value)
    told = exp.Transform(this=exp.func("MAP_ENTRIES", own(values_)), expression=lambda_("e", entry))
    joined = exp.ArrayToString(this=told, expression=text(""))
    return exp.SHA2(this=joined, length=exp.Literal.number(256))


def _head(packed: exp.Expression) -> exp.Expression:
    return _part(_only("MAP_VALUES", packed), _BETWEEN, 1)


def _only(of: str, packed: exp.Expression) -> exp.Expression:
    """The one key, or the one value. Joined, because engines do not agree on how an element is counted."""
    return exp.ArrayToString(this=exp.func(of, own(packed)), expression=text(""))


def _unjoined(joined: exp.Expression) -> exp.Expression:
    """The texts of a list. Most have nothing to be turned back, and then splitting is all."""
    split = exp.Split(this=own(joined), expression=text(_BETWEEN))
    value = exp.Nullif(this=exp.Column(this=name("t")), expression=text(_NULL))
    turned = exp.Transform(this=own(split), expression=lambda_("t", _replace(value, _ESCAPED, _RS)))
    marks = [exp.Contains(this=own(joined), expression=text(mark)) for mark in (_ESCAPED, _NULL)]
    return case((any_of(marks), turned), otherwise=split)


def _part(told: exp.Expression, between: str, number: int) -> exp.Expression:
    return exp.Anonymous(this="SPLIT_PART", expressions=[told, text(between), exp.Literal.number(number)])


def _counted(field: str) -> exp.Expression:
    length = cast(exp.Length(this=member("e", field)), "string")
    return _concat(length, text(":"), member("e", field))


def _concat(*texts: exp.Expression) -> exp.Expression:
    return exp.Concat(expressions=list(texts), safe=False, coalesce=False)


def _join(texts: Sequence[exp.Expression], between: str) -> exp.Expression:
    """NULLs are left out."""
    return exp.ArrayToString(this=exp.Array(expressions=list(texts)), expression=text(between))


def _replace(told: exp.Expression, old: str, new: str) -> exp.Expression:
    return exp.Replace(this=own(told), expression=text(old), replacement=text(new))
