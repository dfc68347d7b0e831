"""How OpenLineage names tables, so that other tools' events about the same table meet ours."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit


def table_name(lake: str, table: PurePosixPath) -> tuple[str, str]:
    """Namespace and name of a table in the lake: `file` and the path, or the bucket and the key.

    Source: the naming convention of the OpenLineage specification. A user or password in the URL is left out.
    """
    if "://" not in lake:
        return "file", str(PurePosixPath(lake) / table)
    url = urlsplit(lake)
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}", str(PurePosixPath(url.path.strip("/")) / table)
