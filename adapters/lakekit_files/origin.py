"""Where a source's files lie: on this host, or in a bucket."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from attrs import evolve, frozen

from lakekit.domain.batch import FileMark
from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Context
from lakekit_files.bucket import Bucket
from lakekit_files.listing import find, unchanged
from lakekit_files.options import FileOptions
from lakekit_files.stretch import Tell

_SCHEME = "s3://"


class Origin(Protocol):
    """Which files there are, and one of them to be read."""

    def find(self, options: FileOptions) -> tuple[FileMark, ...]:
        """The files now, sorted by path. Raises SourceError `source.no_files`."""
        ...

    @property
    def fetching(self) -> tuple[float, float]:
        """How long it takes to fetch a file, about, relative to all that is done with it then."""
        ...

    def unchanged(self, mark: FileMark, work: Path, tell: Tell) -> AbstractContextManager[BufferedReader]:
        """The marked file, open; what has to be fetched lies in the private folder `work` meanwhile, and `tell` is told
        how much of it does. Raises SourceError `source.file_changed` when it is not what the mark says."""
        ...

    def digested(self, mark: FileMark) -> FileMark:
        """The mark with its digest. Raises SourceError `source.file_changed` as `unchanged` does."""
        ...


@frozen
class Disk:
    """Files of this host; relative paths begin at `root`."""

    root: Path

    def find(self, options: FileOptions) -> tuple[FileMark, ...]:
        return find(self.root, options)

    @property
    def fetching(self) -> tuple[float, float]:
        """Files are read in place."""
        return 0, 1

    def unchanged(self, mark: FileMark, work: Path, tell: Tell) -> AbstractContextManager[BufferedReader]:  # noqa: ARG002
        return unchanged(self.root, mark)

    def digested(self, mark: FileMark) -> FileMark:
        with unchanged(self.root, mark) as file:
            return evolve(mark, digest=hashlib.file_digest(file, "sha256").hexdigest())


def origin(context: Context, options: FileOptions) -> Origin:
    """The place of `options.path`: a URL's bucket, that of the project where the path is relative, or this host."""
    project = context.bucket
    address = options.path
    if project and not address.startswith((_SCHEME, "/")):
        address = f"{project}/{address}"
    if not address.startswith(_SCHEME):
        return Disk(context.root)
    if context.places is None:
        raise ConfigError("config.files_option", "nobody opens buckets here", where="adapter files")
    name, _, pattern = address.removeprefix(_SCHEME).partition("/")
    return Bucket(context.places(f"{_SCHEME}{name}"), pattern, f"{project}/" if project else "")
