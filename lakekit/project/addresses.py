"""Addresses: where the lake lies, and where in it a dataset."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.project.nodes import Scalar, quoted
from lakekit.project.reading import bad_value

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()=+-]+)*/?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")


def lake_address(found: Scalar, project: Path | str) -> str:
    """The absolute folder or the bucket's URL, without a trailing slash, that `lake:` names.

    A relative one begins at `project`, a folder or a bucket's URL. Raises ConfigError, at the place, for anything else.
    """
    text = found.text
    if told := bucket_address(text):
        return told
    if _SCHEME.match(text):
        raise bad_value(found, "a lake is a folder or s3://bucket/prefix", "write one of the two")
    if text.startswith("~"):
        raise bad_value(found, "~ is replaced by shells, not in files", "write ${HOME} instead")
    if isinstance(project, Path) or text.startswith("/"):
        return os.path.normpath(Path(project) / text)
    inner = posixpath.normpath(text)
    within = bucket_address(f"{project}/{inner}")
    if within is None:
        raise bad_value(found, f"it is no place within {project}", "write lake, or s3://bucket/prefix")
    return within


def bucket_address(text: str) -> str | None:
    """`s3://bucket/prefix` without a trailing slash; None for a text that is no such URL, or that climbs in it."""
    return text.rstrip("/") if _BUCKET.fullmatch(text) and not {".", ".."} & set(text.split("/")) else None


def resolve_address(address: str, lake: str) -> str:
    """Where `lake://bronze/orders` lies in `lake`, an absolute folder or a bucket's URL: always within it.

    Raises ConfigError for an address that names no dataset.
    """
    try:
        if not address.startswith("lake://"):
            raise ValueError("it does not begin with lake://")
        table = parse_dataset(address).table
    except ValueError as error:
        raise ConfigError(
            "config.bad_address",
            f"{quoted(address)} is no address in the lake",
            why=str(error),
            next="write lake://layer/name, such as lake://bronze/orders",
        ) from None
    return f"{lake.rstrip('/')}/{table}"
