"""Single values as a person reads them."""

from __future__ import annotations

import re

from lakekit.domain.watermark import Watermark

SHORTENED = 100
"""A value longer than this is cut."""


def number(count: int) -> str:
    """With thousands set apart."""
    return f"{count:,}"


def counted(count: int, thing: str) -> str:
    """A number of things."""
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"


def size(count: int) -> str:
    """Bytes in the unit that suits them."""
    amount, units = float(count), iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while amount >= 999.5 and unit != "TB":
        amount, unit = amount / 1000, next(units)
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"


def known(count: int | None) -> str:
    """A number, or `-` where there is none."""
    return "-" if count is None else number(count)


def progress(mark: Watermark | None) -> str:
    """A watermark, or `-` for a dataset that has none."""
    return timestamp(mark.value) if mark else "-"


def timestamp(text: str) -> str:
    """A canonical timestamp without the zeros of its fraction; any other text as it is."""
    return re.sub(r"(:\d\d)(?:\.0+|(\.\d*?[1-9])0*)?(?:Z|\+00:00)$", r"\1\2Z", text)


def second(text: str) -> str:
    """A timestamp cut to its second, for times of which nobody needs more."""
    return timestamp(re.sub(r"\.\d+", "", text))


def bare(dataset: str) -> str:
    """The name without its layer, where room is short."""
    return dataset.rpartition(".")[2]


def visible(text: str) -> str:
    """`text` on one line, cut where it is long; control characters escaped, so none can steer a terminal."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= SHORTENED else f"{shown[:SHORTENED]}..."


def value(text: str | None) -> str:
    """A value of a row, told apart from no value and from an empty text."""
    return "null" if text is None else visible(text) or '""'
