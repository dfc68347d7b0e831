"""AWS credentials by the usual chain: environment, profiles, single sign-on, roles of containers and machines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lakekit.domain.errors import StorageError
from lakekit.plugin.once import once
from lakekit.ports.clock import Clock

if TYPE_CHECKING:
    from botocore.session import Session
    from obstore.store import S3Credential

LASTS = timedelta(minutes=5)
"""After so long they are asked for again. botocore renews those that end, a quarter of an hour before they do."""


class Chain:
    """Credentials and region as botocore finds them, which is as the AWS command line finds them."""

    def __init__(self, clock: Clock, where: str) -> None:
        self._clock = clock
        self._where = where

    def __call__(self) -> S3Credential:
        """Raises StorageError when there are none, or they cannot be renewed."""
        if (found := self._found()) is None:
            raise StorageError(
                "storage.no_credentials",
                "no AWS credentials were found",
                where=self._where,
                next="log in, set AWS_PROFILE, or give the machine a role",
            )
        return {
            "access_key_id": found.access_key,
            "secret_access_key": found.secret_key,
            "token": found.token,
            "expires_at": self._clock.now() + LASTS,
        }

    @once
    def region(self) -> str:
        """Of the environment or the profile; else the one that servers other than AWS's take for granted."""
        return self._session.get_config_variable("region") or "us-east-1"

    @once
    def _session(self) -> Session:
        from botocore.session import get_session

        return get_session()

    def _found(self) -> Any:
        from botocore.exceptions import BotoCoreError

        try:
            found = self._session.get_credentials()
            return found and found.get_frozen_credentials()
        except BotoCoreError as error:
            raise StorageError(
                "storage.credentials_expired",
                "the AWS credentials cannot be loaded or renewed",
                where=self._where,
                why=type(error).__name__,
                next="log in again, and run again: the batch goes on where it stopped",
            ) from None
