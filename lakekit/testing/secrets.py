"""What every implementation of the `Secrets` port promises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Port
from lakekit.ports.secrets import Secrets
from lakekit.testing.suite import Suite

KEPT = {"TOKEN": "s3cret-1", "token": "s3cret-2", "PHRASE": ' Größe = "m²" \n'}


class SecretsSuite(Suite):
    """Subclass it as `Test...` and say how to make an adapter that knows some secrets."""

    port = Port.SECRETS

    def make(self, folder: Path, secrets: Mapping[str, str]) -> Secrets:
        """An adapter that knows just these secrets, by name."""
        raise NotImplementedError

    @pytest.mark.parametrize("name", KEPT)
    def test_a_secret_comes_back_unchanged(self, tmp_path: Path, name: str) -> None:
        assert self.make(tmp_path, KEPT).get(name) == KEPT[name]

    def test_a_secret_that_is_not_there_is_told_by_its_name_alone(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as caught:
            self.make(tmp_path, KEPT).get("TOKENS")
        told = "\n".join(caught.value.lines())
        assert "TOKENS" in told
        assert [name for name, value in KEPT.items() if value.strip() in told] == []
