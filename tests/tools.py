"""The ports of a use case that works with few of them."""

from __future__ import annotations

from typing import Any

from attrs import fields

from lakekit.app.tools import Tools


def tools(**used: Any) -> Tools:
    """These ports; a use case that asks for another fails."""
    return Tools(**{port.name: used.get(port.name) for port in fields(Tools)})
