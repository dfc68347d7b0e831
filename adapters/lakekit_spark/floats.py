"""Floats as texts: the shortest digits, plain from 0.0001 up to sixteen digits before the point, else as 1e+16."""

from __future__ import annotations

from sqlglot import exp

from lakekit.sql.tree import any_of, case, cast, concat, own, text

_NAMES = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}


def float_text(value: exp.Expression) -> exp.Expression:
    """The text of a float or double, made of the one that Java tells, such as 1.5E-5. NULL for NULL."""
    java = cast(value, "string")
    mantissa, power = (_call("SUBSTRING_INDEX", java, text("E"), exp.Literal.number(end)) for end in (1, -1))
    power = cast(power, "int")
    names = [(_equal(java, told), text(name)) for told, name in _NAMES.items()]
    plain = exp.Between(this=own(power), low=exp.Literal.number(-4), high=exp.Literal.number(15))
    return case(
        *names,
        (exp.Not(this=_call("CONTAINS", java, text("E"))), java),
        (plain, _plain(java)),
        otherwise=concat(_call("REGEXP_REPLACE", mantissa, text(r"\.0$"), text("")), _exponent(power)),
    )


def rust_float_text(value: exp.Expression) -> exp.Expression:
    """The same of the text that Rust tells, such as 1.5e-7, which is plain from 0.00001 already."""
    rust = cast(value, "string")
    mantissa, power = (_call("SUBSTRING_INDEX", rust, text("e"), exp.Literal.number(end)) for end in (1, -1))
    power = cast(power, "int")
    large = exp.Between(this=own(power), low=exp.Literal.number(0), high=exp.Literal.number(15))
    small = any_of([exp.StartsWith(this=own(rust), expression=text(start)) for start in ("0.0000", "-0.0000")])
    return case(
        (_equal(rust, "NaN"), text("nan")),
        (small, _scientific(rust)),
        (exp.Not(this=_call("CONTAINS", rust, text("e"))), rust),
        (large, cast(cast(rust, "double"), "string")),
        otherwise=concat(mantissa, _exponent(power)),
    )


def _scientific(plain: exp.Expression) -> exp.Expression:
    """Of a text such as -0.000015."""
    sign = case((exp.StartsWith(this=own(plain), expression=text("-")), text("-")), otherwise=text(""))
    digits = _call("SUBSTRING_INDEX", plain, text("0.0000"), exp.Literal.number(-1))
    first, more = (_call("SUBSTRING", digits, *map(exp.Literal.number, at)) for at in ((1, 1), (2,)))
    rest = case((_equal(more, ""), text("")), otherwise=concat(text("."), more))
    return concat(sign, first, rest, text("e-05"))


def _plain(java: exp.Expression) -> exp.Expression:
    """At least one digit after the point. No double has more digits than fit here."""
    digits = _call("RTRIM", text("0"), cast(cast(java, "decimal(38,21)"), "string"))
    return _call("REGEXP_REPLACE", digits, text(r"\.$"), text(".0"))


def _exponent(power: exp.Expression) -> exp.Expression:
    """Its sign and at least two digits."""
    size = exp.Abs(this=own(power))
    sign = case((exp.LT(this=own(power), expression=exp.Literal.number(0)), text("e-")), otherwise=text("e+"))
    zero = case((exp.LT(this=own(size), expression=exp.Literal.number(10)), text("0")), otherwise=text(""))
    return concat(sign, zero, cast(size, "string"))


def _equal(value: exp.Expression, told: str) -> exp.Expression:
    return exp.EQ(this=own(value), expression=text(told))


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=[own(a) for a in arguments])
