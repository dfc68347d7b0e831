"""Secrets from the environment: `secret://env/NAME`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lakekit.domain.errors import ConfigError


class EnvironmentSecrets:
    """The Secrets port over environment variables."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def get(self, name: str) -> str:
        """The variable's value."""
        if name not in self._variables:
            raise ConfigError(
                "secret.missing",
                f"secret://env/{name} is not set",
                next=f"set the environment variable {name}",
            )
        return self._variables[name]
