"""Spark DDL types as this project writes them, taken apart: `array<struct<code:string,qty:int>>`."""

from __future__ import annotations


def taken_apart(ddl: str) -> tuple[str, tuple[str, ...]]:
    """The head of a nested type and what stands between its brackets; a type that is not nested is its own head.

    `map<string,array<int>>` is `map` with `string` and `array<int>`; the parts of a struct are `name:type`.
    """
    head, nested, rest = ddl.partition("<")
    return (head, _split(rest[:-1])) if nested and rest.endswith(">") else (ddl, ())


def members(ddl: str) -> tuple[tuple[str, str], ...]:
    """The fields of a struct, by name and type; none for any other type."""
    head, parts = taken_apart(ddl)
    named = (part.partition(":") for part in parts) if head == "struct" else ()
    return tuple((name, type_) for name, _, type_ in named)


def _split(text: str) -> tuple[str, ...]:
    """`text` cut at the commas that stand outside of any bracket."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(parts)
