"""Settings that hold for every test."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A deadline measures the machine, not the code.
settings.register_profile("lakekit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Spark takes a second where the embedded engine takes a hundredth: fewer examples, of the same kinds.
settings.register_profile("spark", settings.get_profile("lakekit"), max_examples=20)
settings.load_profile("lakekit")

# The shipped suites explain a failed assert as the tests here do.
pytest.register_assert_rewrite("lakekit.testing")
