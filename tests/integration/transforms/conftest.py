"""Places that a test is given by name."""

from __future__ import annotations

import pytest

from tests.integration.transforms.places import PLACES, Place, place


@pytest.fixture(params=PLACES)
def elsewhere(request: pytest.FixtureRequest) -> Place:
    """Each place, with a new lake, in the session that has what it needs."""
    return place(request.param, request)
