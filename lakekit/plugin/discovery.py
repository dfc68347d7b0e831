"""Which distributions register plugins. Nothing of theirs is imported here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint, distributions

from attrs import field, frozen

UNKNOWN = "unknown"


@frozen
class Origin:
    """Where a plugin comes from: the entry point's name, and the distribution that declares it."""

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.plugin!r} of {self.distribution} {self.version}"


@frozen
class Found:
    """An entry point, not loaded yet. `entry` is None where the distribution's list of entry points cannot be
    read; then `reason` says why."""

    origin: Origin
    entry: EntryPoint | None = field(default=None, eq=False)
    reason: str = ""


def discover(group: str) -> tuple[Found, ...]:
    """The entry points of `group`, by plugin and distribution, each distribution read on its own.

    Of two installed copies of a distribution the first on the path counts, as it does for imports. A
    distribution whose list cannot be read is found too, as a broken plugin: a damaged list hides no other.
    """
    copies: dict[str, list[Found]] = {}
    for number, distribution in enumerate(distributions()):
        found = list(_found(distribution, group))
        if found:
            copies.setdefault(_identity(found[0].origin.distribution, number), found)
    everything = [found for copy in copies.values() for found in copy]
    return tuple(sorted(everything, key=lambda f: (f.origin.plugin, f.origin.distribution)))


def _identity(name: str, number: int) -> str:
    # Distributions that cannot tell their name are not known to be copies of each other.
    return f"{name} {number}" if name == UNKNOWN else re.sub(r"[-_.]+", "-", name).lower()


def _found(distribution: Distribution, group: str) -> Iterator[Found]:
    try:
        entries = [entry for entry in distribution.entry_points if entry.group == group]
    except Exception as error:  # noqa: BLE001  # files of strangers: any parser's error may come
        reason = f"its list of entry points cannot be read ({type(error).__name__})"
        yield Found(Origin("entry_points.txt", *_about(distribution)), reason=reason)
        return
    if entries:
        name, version = _about(distribution)
        yield from (Found(Origin(entry.name, name, version), entry) for entry in entries)


def _about(distribution: Distribution) -> tuple[str, str]:
    try:
        metadata = distribution.metadata
        return metadata["Name"] or UNKNOWN, metadata["Version"] or UNKNOWN
    except Exception:  # noqa: BLE001  # as above; a nameless distribution is still listed
        return UNKNOWN, UNKNOWN
