"""The error codes of lakekit, explained."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import did_you_mean, nearest


@frozen
class Explanation:
    """What an error code means, and what mends it."""

    code: str
    meaning: str
    mend: str


def explanations() -> tuple[Explanation, ...]:
    """Of every code, in order."""
    told = tomllib.loads(files("lakekit.cli").joinpath("explanations.toml").read_text("utf-8"))
    return tuple(
        Explanation(f"{area}.{problem}", meaning, mend)
        for area, problems in sorted(told.items())
        for problem, (meaning, mend) in sorted(problems.items())
    )


def explanation(code: str) -> Explanation:
    """Of one code. Raises ConfigError `explain.unknown_code`."""
    known = {e.code: e for e in explanations()}
    if code not in known:
        raise ConfigError(
            "explain.unknown_code",
            f"there is no error code {code!r}",
            why="codes are written area.problem; those of a plugin are told by its own documents",
            next=did_you_mean(nearest(code, known)) or "lakekit explain lists the codes",
        )
    return known[code]
