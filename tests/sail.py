"""Sail, which some tests need."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

SAIL = [pytest.mark.sail, pytest.mark.skipif(find_spec("pysail") is None, reason="pysail is not installed")]
