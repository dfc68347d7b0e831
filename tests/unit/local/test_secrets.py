"""Secrets from the environment."""

from __future__ import annotations

import pytest

from lakekit.domain.errors import ConfigError
from lakekit_local.secrets_env import EnvironmentSecrets


def test_a_secret_is_the_variable_of_that_name() -> None:
    assert EnvironmentSecrets({"TOKEN": "s3cret"}).get("TOKEN") == "s3cret"


def test_a_missing_secret_is_told_by_its_reference_alone() -> None:
    with pytest.raises(ConfigError) as caught:
        EnvironmentSecrets({"TOKEN": "s3cret"}).get("TOKENS")
    told = "\n".join(caught.value.lines())
    assert "secret://env/TOKENS" in told
    assert "s3cret" not in told
