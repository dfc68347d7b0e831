"""Reading a user's project: files into values, every mistake with its file, line and column."""

from __future__ import annotations

from lakekit.project.addresses import resolve_address
from lakekit.project.loading import chosen_environment, environments, load
from lakekit.project.reference import reference

__all__ = ["chosen_environment", "environments", "load", "reference", "resolve_address"]
