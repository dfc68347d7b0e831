"""Texts that are JSON, brought into a form of which every engine's reader makes the same: what
`lakekit.domain.json_text` says, as a query tree.

Readers of engines take trailing commas, what follows the end, or NaN, and pass numbers through doubles. So a text is
first judged, without them: strings, numbers and constants are each replaced by one sign, then whatever stands within
an innermost pair of brackets, as often as the type is deep; of JSON one sign is left. Each pattern repeats single
characters or pieces of one length alone, since Java's expressions fall over others of some thousand repeats.

In the form that is handed on every string, number and constant but null is a string that begins with `=`, names of
members too: so `=` tells a leaf from the text of a list or an object, and no digit is lost.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp

from lakekit.sql.tree import case, is_null, own, text

BLANKS = " \t\n\r"
LEAF = "="

_LOW = r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_UNIT = rf"[0-9abcefABCEF][0-9a-fA-F]{{3}}|[dD][0-7][0-9a-fA-F]{{2}}|[dD][89abAB][0-9a-fA-F]{{2}}{_LOW}"
_ESCAPE = rf"\\(?:[bfnrt/]|u(?:{_UNIT}))"
_STRING = r'("[^"\\\x00-\x1f]*")|"[^"\\]*"'
"""Its group is a string that JSON may have; the others hold control characters."""

_SCALAR = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null"
_INNERMOST = r"\[(?:0(?:,0)*)?\]|\{(?:k0(?:,k0)*)?\}"
_LEAVES = r'"([^"]*)"|(-?[0-9][0-9.eE+-]*|true|false)'


class JsonTexts(exp.Expression, exp.Func):
    """The engine's JSON reader. Spelled as for DuckDB; the shape is one of `LIST` and `OBJECT`."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "shape": True}
    _sql_names: ClassVar[list[str]] = ["FROM_JSON"]


LIST, OBJECT = '["VARCHAR"]', '"MAP(VARCHAR, VARCHAR)"'


def read(told: exp.Expression, shape: str) -> JsonTexts:
    """The texts that a list or an object in the handed-on form holds: strings as they are, null as NULL, all else as
    JSON. The members of an object are a map, NULL or with all its keys where one is there twice. An engine may fail
    for a text that is no JSON."""
    return JsonTexts(this=own(told), shape=text(shape))


def handed_on(told: exp.Expression, depth: int) -> exp.Expression:
    """A text in the form above, without blanks around it; NULL for NULL, and for what is no JSON, or JSON in which more
    than `depth` lists and objects stand within each other, a text that is no list, no object and no leaf."""
    plain = _replace(_replace(told, r"\\", r"\u005c"), r"\"", r"\u0022")
    found = _matched(plain, _LEAVES, rf'"{LEAF}\1\2"')
    trimmed = exp.Trim(this=found, expression=text(BLANKS), position="BOTH")
    sound = exp.EQ(this=_judged(plain, depth), expression=text("0"))
    return case((is_null(told), told), (sound, trimmed), otherwise=text("?"))


def _judged(plain: exp.Expression, depth: int) -> exp.Expression:
    """The sign `0` where the text is JSON."""
    signs = _matched(plain, _ESCAPE, "_")
    for pattern, sign in (
        (_STRING, r"\1?"),
        (r'"[^"\\]*"\?', '""'),
        (_SCALAR, "0"),
        (f"[{BLANKS}]+", ""),
        (r'[^\[\]{},:"0]+', "?"),
    ):
        signs = _matched(signs, pattern, sign)
    signs = _replace(_replace(signs, '"":', "k"), '""', "0")
    for _ in range(depth):
        signs = _matched(signs, _INNERMOST, "0")
    return signs


def _matched(told: exp.Expression, pattern: str, by: str) -> exp.Expression:
    return exp.RegexpReplace(this=own(told), expression=text(pattern), replacement=text(by), modifiers=text("g"))


def _replace(told: exp.Expression, old: str, new: str) -> exp.Expression:
    return exp.Replace(this=own(told), expression=text(old), replacement=text(new))
