"""Keys as a person sees them: personal parts as hashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lakekit.app.personal import hashed, personal_key
from lakekit.app.transform.job import TransformJob, Workshop


def keys_shown(
    workshop: Workshop, job: TransformJob, names: Sequence[str], keys: Iterable[Sequence[object]]
) -> list[str]:
    """Each of the keys, whose columns are `names`, once and in order of its text."""
    hidden = job.hides(names)
    secret = personal_key(workshop.tools) if hidden else b""

    def told(name: str, value: object) -> str:
        if value is None:
            return "NULL"
        return hashed(str(value), secret) if name in hidden else str(value)

    return sorted({f"({', '.join(told(n, v) for n, v in zip(names, key, strict=True))})" for key in keys})
