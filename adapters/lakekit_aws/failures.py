"""What S3 refuses, told in lakekit's words. A driver's text may quote signed requests, so none of it leaves."""

from __future__ import annotations

import re

from lakekit.domain.errors import StorageError

_ROLE = "see which identity `aws sts get-caller-identity` names"
_FAILURES = (
    (
        "ExpiredToken|RequestExpired|TokenRefreshRequired|InvalidToken|token is expired",
        "storage.credentials_expired",
        "the AWS credentials have expired",
        "log in again, and run again: the batch goes on where it stopped",
    ),
    (
        "InvalidAccessKeyId|SignatureDoesNotMatch|UnrecognizedClient|InvalidClientTokenId",
        "storage.credentials_refused",
        "the bucket's server does not accept the AWS credentials",
        f"mend them; {_ROLE}",
    ),
    (
        r"169\.254\.|No.?Credential|NoAuth|CredentialsNotLoaded|CredentialRetrieval|Missing AccessKey|load credentials",
        "storage.no_credentials",
        "no AWS credentials were found",
        "log in, set AWS_PROFILE, or give the machine a role",
    ),
    ("NoSuchBucket", "storage.no_bucket", "there is no such bucket", "create it, or correct `lake` in the settings"),
    (
        "AccessDenied|403 Forbidden|401 Unauthorized|PermissionDenied|Unauthenticated",
        "storage.denied",
        "the bucket's server denies what lakekit needs",
        f"allow s3:ListBucket, GetObject, PutObject and DeleteObject; {_ROLE}",
    ),
    (
        "NotImplemented|501 Not Implemented",
        "storage.not_supported",
        "the bucket's server lacks what lakekit needs",
        "use a server with conditional writes (If-Match, If-None-Match)",
    ),
    (
        "S3 error|status code|error sending request|timed? ?out|connect|ConditionalCheckFailed",
        "storage.unavailable",
        "the bucket's server cannot be reached, or fails",
        "run again when it is back: the batch goes on where it stopped",
    ),
)


def failure(error: BaseException, where: str) -> StorageError | None:
    """The StorageError for what obstore or delta-rs raised; None when S3 has nothing to do with it."""
    text = f"{type(error).__name__} {error}"
    for pattern, code, what, next_ in _FAILURES:
        if re.search(pattern, text, re.IGNORECASE):
            status = re.search(r"status code: (\d{3})", text)
            why = f"it answered {status[1]}" if status else ""
            return StorageError(code, what, where=where, why=why, next=next_)
    return None
