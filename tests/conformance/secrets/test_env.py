"""Secrets from the environment keep the promises of their port."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lakekit.plugin.provider import Context
from lakekit.ports.secrets import Secrets
from lakekit.testing.secrets import SecretsSuite


class TestEnvironment(SecretsSuite):
    provider = "env"

    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._environment = monkeypatch

    def make(self, folder: Path, secrets: Mapping[str, str]) -> Secrets:
        for name, value in secrets.items():
            self._environment.setenv(name, value)
        return self.registered(Context(folder, str(folder / "lake"), folder / "private"))
