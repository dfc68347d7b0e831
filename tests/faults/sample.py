"""Which cases run each time, and which only in the long session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], *always: Any) -> list[Any]:
    """All cases; but for those named after them, they are left to the long session."""
    return [case if case in always else pytest.param(case, marks=pytest.mark.faults_long) for case in cases]
