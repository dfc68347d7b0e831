"""What a gate holds back, in the words in which people are told of it."""

from __future__ import annotations

from lakekit.domain.suite import Severity, Verdict


def held_batch(dataset: str, batch: int | None, verdict: Verdict) -> tuple[str, ...]:
    """The checks that hold a batch back. Its rows are kept and no reader sees them."""
    mend = "mend the source, the contract, or the check in dq.yaml; then"
    return (
        f"{dataset}: batch {batch} is held; its rows are kept, no reader sees them",
        *_failed(verdict),
        f"  next: {mend} run lakekit ingest {dataset}",
    )


def held_build(dataset: str, verdict: Verdict) -> tuple[str, ...]:
    """The checks that hold a build back. Its rows are gone, as they can be made again."""
    return (
        f"{dataset}: held; its table stays as it was",
        *_failed(verdict),
        f"  next: mend its inputs, its query, or the check in dq.yaml; then run lakekit transform {dataset}",
    )


def _failed(verdict: Verdict) -> tuple[str, ...]:
    failed = (o for o in verdict.outcomes if o.severity is Severity.CRITICAL and not o.passed)
    return tuple(f"  {o.check}: {o.observed:g} observed" for o in failed)
