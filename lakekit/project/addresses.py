"""Addresses: where the lake lies, and where in it a dataset."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.project.nodes import Scalar, quoted
from lakekit.project.reading import bad_value

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()=+-]+)*/?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")


def lake_address(found: Scalar, root: Path) -> str:
    """The absolute folder or the bucket's URL, without a trailing slash, that `lake:` names.

    A relative folder begins at the project's. Raises ConfigError, at the place, for anything else.
    """
    text = found.text
    if _BUCKET.fullmatch(text) and not {".", ".."} & set(text.split("/")):
        return text.rstrip("/")
    if _SCHEME.match(text):
        raise bad_value(found, "a lake is a folder or s3://bucket/prefix", "write one of the two")
    if text.startswith("~"):
        raise bad_value(found, "~ is replaced by shells, not in files", "write ${HOME} instead")
    return os.path.normpath(root / text)


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
