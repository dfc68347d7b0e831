"""Raw values as values of a contract's type, meaning on every engine what `lakekit.domain.values` says.

An engine's own conversion accepts more than the rules do: it trims, rounds, overflows to infinity. So each cast has two
halves, which a query evaluates one after the other: `attempt`, what the engine makes of the value, and `confirmed`,
the attempt where the rules allow it. A rule is a pattern over the text and a range; where the engine writes the attempt
back as the very text that was read, the text is canonical and the pattern need not be asked, which is a third cheaper.

From typed columns: the same type and lossless widenings are taken as they are; numbers become int, long or decimal when
the value stays exactly the same (12.0 is an int, 12.5 is none); timestamps become dates at midnight. All else goes by
the canonical text, but to binary, which only texts are read as. NaN, infinities and years outside 1..9999 are values of
no type. Nested values go part by part: `lakekit.sql.nested`.
"""

from __future__ import annotations

from sqlglot import exp

from lakekit.domain.ddl import members, taken_apart
from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.values import BINARY, DATE, FALSE, FLOATING, INTEGER, TIMESTAMP, TRUE, decimal_pattern
from lakekit.sql.canonical import as_text
from lakekit.sql.nested import Parts
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    cast,
    coalesce,
    concat,
    full_match,
    is_known,
    literal,
    negated,
    null,
    one_of,
    own,
    text,
    try_cast,
)

_DIGITS = {"byte": 3, "short": 5, "int": 10, "long": 19}
_INTEGERS = {"int": ("byte", "short"), "long": ("byte", "short", "int")}
_DOUBLES = ("byte", "short", "int", "float")
_EXACT = (Kind.INT, Kind.LONG, Kind.DECIMAL)
_LIMITS = {
    Kind.FLOAT: ("-3.4028234663852886e38", "3.4028234663852886e38"),
    Kind.DOUBLE: ("-1.7976931348623157e308", "1.7976931348623157e308"),
    Kind.DATE: ("0001-01-01", "9999-12-31"),
    Kind.TIMESTAMP: ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
}


def typed(raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
    """The value of a column of Spark DDL type `physical` as `type_`, NULL when it is none."""
    return confirmed(attempt(raw, physical, type_), raw, physical, type_)


def attempt(raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
    """What the engine makes of the value: the right value where there is one, anything or NULL where there is none."""
    if type_.nested:
        return Parts(typed).value(raw, physical, type_)
    if physical == str(type_):
        return own(raw)
    if type_.kind is Kind.BINARY:
        return _unhexed(raw) if physical == "string" else null("binary")
    if as_it_is(physical, type_) or _to_midnight(physical, type_):
        return cast(raw, str(type_))
    if _number_to_exact(physical, type_):
        # A float's shortest text says which decimal it stands for; its binary value has a tail of other digits.
        by_text = _kind(physical) in {Kind.FLOAT, Kind.DOUBLE} and type_.kind is Kind.DECIMAL
        return try_cast(cast(raw, "string") if by_text else raw, str(type_))
    return _read(as_text(raw, physical), type_)


def confirmed(tried: exp.Expression, raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
    """`tried`, an attempt at `raw`, where it is a value of the type by the rules; else NULL."""
    if type_.nested:
        return case((Parts(typed).sound(raw, physical, type_), tried))
    conditions = _range(tried, type_)
    if _to_midnight(physical, type_):
        conditions.append(_equal(cast(tried, physical), raw))
    elif _number_to_exact(physical, type_):
        conditions.append(_equal(_back(tried, physical, type_), raw))
        if type_.kind is Kind.LONG and _kind(physical) in {Kind.FLOAT, Kind.DOUBLE}:
            # The first double above all longs: some engines make the last long of it, which reads back as that double.
            conditions.append(exp.LT(this=own(raw), expression=cast(text("9223372036854775808"), "double")))
    elif not as_it_is(physical, type_):
        conditions += _text_rules(tried, as_text(raw, physical), type_)
    return case((all_of(conditions), tried)) if conditions else own(tried)


def _kind(physical: str) -> Kind | None:
    type_ = flat_type(physical)
    return type_.kind if type_ else None


def as_it_is(physical: str, type_: ColumnType) -> bool:
    """Whether every value of the physical type is one of the contract's, the range of its kind aside."""
    if type_.nested:
        return _parts_as_they_are(physical, type_)
    wide = str(type_)
    if physical == wide or physical in _INTEGERS.get(wide, ()):
        return True
    if type_.kind is Kind.DECIMAL:
        narrow = flat_type(physical)
        whole, scale = (narrow.precision - narrow.scale, narrow.scale) if narrow else (0, 0)
        whole = _DIGITS.get(physical, whole)
        return bool(whole or scale) and type_.precision - type_.scale >= whole and type_.scale >= scale
    if type_.kind is Kind.TIMESTAMP:
        return physical in {"date", "timestamp_ntz"}
    return type_.kind is Kind.DOUBLE and physical in _DOUBLES


def _parts_as_they_are(physical: str, type_: ColumnType) -> bool:
    head, parts = taken_apart(physical)
    if head != type_.kind.value:
        return False
    if type_.kind is Kind.STRUCT:
        wanted = dict(type_.fields)
        return all(name in wanted and as_it_is(inner, wanted[name]) for name, inner in members(physical))
    return parts[:-1] in ((), ("string",)) and as_it_is(parts[-1], type_.within[0])


def _to_midnight(physical: str, type_: ColumnType) -> bool:
    return type_.kind is Kind.DATE and physical in {"timestamp", "timestamp_ntz"}


def _number_to_exact(physical: str, type_: ColumnType) -> bool:
    numeric = physical in _DIGITS or _kind(physical) in {Kind.FLOAT, Kind.DOUBLE, Kind.DECIMAL}
    return numeric and type_.kind in _EXACT and not as_it_is(physical, type_)


def _back(tried: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
    return try_cast(cast(tried, "string") if type_.kind is Kind.DECIMAL else tried, physical)


def _read(told: exp.Expression, type_: ColumnType) -> exp.Expression:
    if type_.kind is Kind.STRING:
        return told
    if type_.kind is Kind.BOOLEAN:
        # No character outside ASCII has one of these letters as its lower case.
        lowered = exp.Lower(this=own(told))
        yes, no = (one_of(lowered, [text(word) for word in words]) for words in (TRUE, FALSE))
        return case((yes, exp.true()), (no, exp.false()))
    if type_.kind is Kind.FLOAT:
        return try_cast(try_cast(told, "double"), "float")
    if type_.kind is Kind.TIMESTAMP:
        # Asked first here: an engine that reads the name of a zone may read the next rows in it (seen in DuckDB 1.5.5).
        read = coalesce(try_cast(told, "timestamp"), try_cast(_with_seconds(told), "timestamp"))
        return case((full_match(told, TIMESTAMP), read))
    return try_cast(told, str(type_))


def _unhexed(told: exp.Expression) -> exp.Expression:
    """Asked first: engines read an odd number of digits each in its own way, or fail."""
    length = exp.Mod(this=exp.Length(this=own(told)), expression=exp.Literal.number(2))
    even = exp.EQ(this=length, expression=exp.Literal.number(0))
    return case((all_of([full_match(told, BINARY), even]), exp.Unhex(this=own(told))))


def _with_seconds(told: exp.Expression) -> exp.Expression:
    """`2024-01-01T10:30Z` with `:00`: not every engine reads a zone after minutes."""
    minutes = exp.Substring(this=own(told), start=exp.Literal.number(1), length=exp.Literal.number(16))
    zone = exp.Substring(this=own(told), start=exp.Literal.number(17))
    return concat(minutes, text(":00"), zone)


def _range(tried: exp.Expression, type_: ColumnType) -> list[exp.Expression]:
    if type_.kind not in _LIMITS:
        return []
    low, high = (literal(limit, type_) for limit in _LIMITS[type_.kind])
    return [exp.Between(this=own(tried), low=low, high=high)]


def _text_rules(tried: exp.Expression, told: exp.Expression, type_: ColumnType) -> list[exp.Expression]:
    """What a text must be, given that the engine read it as `tried`, within the range of its type."""
    match type_.kind:
        case Kind.STRING | Kind.BOOLEAN | Kind.BINARY:
            return []
        case Kind.INT | Kind.LONG:
            return [_canonical_or(INTEGER, tried, told)]
        case Kind.DECIMAL:
            return [_canonical_or(decimal_pattern(type_), tried, told)]
        case Kind.DATE:
            return [_canonical_or(DATE, tried, told)]
        case Kind.TIMESTAMP:
            # Year 0 is none, even where a zone moves it into year 1.
            return [exp.GTE(this=own(told), expression=text("0001"))]
    zero = exp.NEQ(this=own(tried), expression=exp.Literal.number(0))
    digits = exp.RegexpLike(this=own(told), expression=text(r"\A[^eE]*[1-9]"))
    return [full_match(told, FLOATING), any_of([zero, negated(digits)])]


def _canonical_or(pattern: str, tried: exp.Expression, told: exp.Expression) -> exp.Expression:
    return any_of([_equal(cast(tried, "string"), told), all_of([is_known(tried), full_match(told, pattern)])])


def _equal(a: exp.Expression, b: exp.Expression) -> exp.Expression:
    return exp.EQ(this=own(a), expression=own(b))
