"""A plan that is carried out as it was told, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lakekit.app.codec import decode, encode
from lakekit.domain.build import Pin
from lakekit.domain.errors import ConfigError, StateError
from lakekit.domain.report import RunPlan

KEY = "exact"
"""Where a plan's document has all that the plan says."""


def exact(plan: RunPlan) -> object:
    """The plan as JSON values, for its document."""
    return json.loads(encode(plan))


def read_plan(text: str, file: str) -> RunPlan:
    """The plan of a document that `lakekit plan --json` wrote. Raises ConfigError for any other text."""
    try:
        return decode(json.dumps(json.loads(text)[KEY]), RunPlan)
    except (ValueError, KeyError, TypeError, StateError):
        raise ConfigError(
            "plan.unreadable",
            f"{file} is no plan",
            why="it was not written by this version of lakekit plan --json",
            next=f"lakekit plan --json > {file}",
        ) from None


def check_same(told: RunPlan, now: RunPlan) -> None:
    """Raises ConfigError where what would be done now is something else than what was told."""
    if told == now:
        return
    before, after = _by_name(told), _by_name(now)
    raise moved(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def moved(names: Sequence[str]) -> ConfigError:
    """The error of datasets of which something else would be done than was planned."""
    return ConfigError(
        "plan.moved",
        "the lake, the sources or the code have moved since the plan was made",
        where=", ".join(names),
        why="what would be done now is not what was planned",
        next="plan again, and look at what differs",
    )


def pins(plan: RunPlan) -> Mapping[str, Pin]:
    """The versions at which the plan reads what it does not make itself."""
    made = {*(build.dataset for build in plan.builds), *(part.dataset for part in plan.datasets if part.bounds)}
    states = [state for build in plan.builds for state in build.inputs]
    return {state.pin.dataset: state.pin for state in states if state.pin.dataset not in made}


def _by_name(plan: RunPlan) -> dict[str, object]:
    told: dict[str, object] = {part.dataset: part for part in plan.datasets}
    return told | {part.dataset: part for part in plan.builds}
