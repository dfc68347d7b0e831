"""Where Spark means something else by a tree than lakekit does: every difference, and how it is mended."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from lakekit.sql.json_text import LIST, OBJECT, JsonTexts
from lakekit.sql.tree import own, text
from lakekit_spark.floats import float_text, rust_float_text

Mends = Mapping[type[exp.Expr], Callable[..., None]]


def sql(tree: exp.Query, views: Mapping[str, str], mends: Mends | None = None) -> str:
    """The text of a tree for Spark, its tables called by the views that stand for them. `mends` are those of the Spark
    that is asked: of SPARK where nothing is said."""
    tree = tree.copy()
    for named in list(tree.find_all(exp.Table)):
        _called(named, views)
    for kind, mend in (SPARK if mends is None else mends).items():
        for found in list(tree.find_all(kind)):
            mend(found)
    return tree.sql("spark", identify=True, comments=False, copy=False)


def _called(table: exp.Table, views: Mapping[str, str]) -> None:
    view = views.get(table.name)
    if view is None:
        return
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
    table.set("this", exp.to_identifier(view, quoted=True))


def _dot_is_all_but_newline(match: exp.RegexpLike) -> None:
    """To Java `.` is not a carriage return, nor three other characters; with this flag it is all but a newline."""
    match.set("expression", text(f"(?d){match.expression.name}"))


def _nulls_stay_in_json(told: exp.JSONFormat) -> None:
    """Spark leaves the members of a struct out that are NULL."""
    keep = exp.Anonymous(this="MAP", expressions=[text("ignoreNullFields"), text("false")])
    told.replace(exp.Anonymous(this="TO_JSON", expressions=[own(told.this), keep]))


def _floats_as_text(told: exp.Cast) -> None:
    """Java writes 1.0E16, 1.0E-5 and 1.0E7 where others write 1e+16, 1e-05 and 10000000.0. Only casts from a type that
    the tree tells are texts that are kept (lakekit.sql.canonical); the others are compared, or read again."""
    source = told.this
    if told.is_type("text") and isinstance(source, exp.Cast) and source.is_type("float", "double"):
        told.replace(float_text(source))


def _groups_by_dollar(match: exp.RegexpReplace) -> None:
    """Java and Rust name the groups of a match by `$`, others by a backslash."""
    match.set("replacement", text(re.sub(r"\\([0-9])", r"$\1", match.args["replacement"].name)))


def _json_by_ddl(read: JsonTexts) -> None:
    ddl = {LIST: "array<string>", OBJECT: "map<string,string>"}[read.args["shape"].name]
    read.set("shape", text(ddl))


_BOTH: Mends = {exp.RegexpReplace: _groups_by_dollar, JsonTexts: _json_by_ddl}
SPARK: Mends = {
    exp.RegexpLike: _dot_is_all_but_newline,
    exp.JSONFormat: _nulls_stay_in_json,
    exp.Cast: _floats_as_text,
    **_BOTH,
}


def _split_by_no_quoted_text(split: exp.Split) -> None:
    """Rust's expressions have no `\\Q`, by which the others tell that a text is meant as it is."""
    between = text(re.escape(split.expression.name))
    split.replace(exp.Anonymous(this="SPLIT", expressions=[own(split.this), between]))


def _rust_floats_as_text(told: exp.Cast) -> None:
    """As `_floats_as_text`, for a Spark that is written in Rust."""
    source = told.this
    if told.is_type("text") and isinstance(source, exp.Cast) and source.is_type("float", "double"):
        told.replace(rust_float_text(source))


SAIL: Mends = {exp.Split: _split_by_no_quoted_text, exp.Cast: _rust_floats_as_text, **_BOTH}
