"""Suites: the checks that a batch's staged rows must pass before anybody can see them."""

from __future__ import annotations

import enum

from attrs import frozen


class Severity(enum.Enum):
    """`CRITICAL` closes the gate; `WARNING` is told and lets the batch through."""

    CRITICAL = "critical"
    WARNING = "warning"


class CheckKind(enum.Enum):
    """`ROWS`: the accepted rows number between minimum and maximum. `REJECTED_SHARE`: rejected rows are at most
    `maximum` of the rows read, from 0 to 1. `UNIQUE`: no two accepted rows agree on `columns`; nulls agree with
    nothing. `NULL_SHARE`: at most `maximum` of the accepted rows have no value in the one column named."""

    ROWS = "rows"
    REJECTED_SHARE = "rejected_share"
    UNIQUE = "unique"
    NULL_SHARE = "null_share"


@frozen
class Check:
    """One expectation about a batch. `minimum` and `maximum` are inclusive."""

    kind: CheckKind
    severity: Severity = Severity.CRITICAL
    columns: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@frozen
class Outcome:
    """What one check found: `observed` is a count or a share, never a value of a row."""

    check: str
    severity: Severity
    passed: bool
    observed: float


@frozen
class Verdict:
    """The outcomes of a suite."""

    outcomes: tuple[Outcome, ...] = ()

    @property
    def passed(self) -> bool:
        """True unless a critical check failed; an empty suite passes."""
        return not any(o.severity is Severity.CRITICAL and not o.passed for o in self.outcomes)


def judge(check: Check, observed: float) -> Outcome:
    """The outcome of `check` for what was observed."""
    above = check.minimum is None or observed >= check.minimum
    below = check.maximum is None or observed <= check.maximum
    return Outcome(label(check), check.severity, above and below, observed)


def label(check: Check) -> str:
    """How a check is named in verdicts, logs and lineage."""
    return f"{check.kind.value}({', '.join(check.columns)})" if check.columns else check.kind.value
