"""Events as lines of a file, in the order in which they come."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from lakekit.domain.events import Event
from lakekit.plugin.disk import open_private
from lakekit.plugin.once import once
from lakekit.ports.telemetry import Lineage, Waiting
from lakekit_openlineage.options import Options

if TYPE_CHECKING:
    from openlineage.client.transport.file import FileTransport

_log = logging.getLogger(__name__)


class OpenLineage(Lineage):
    """Appends each event to one file. The client is imported with the first event: it costs 0.3 s of CPU."""

    def __init__(self, options: Options, lake: str) -> None:
        self._options = options
        self._lake = lake
        self._told = False

    def emit(self, event: Event) -> None:
        """Append one event. Where the file cannot be written the event is lost, and said so once per run."""
        from lakekit_openlineage.events import run_event

        told = run_event(event, self._options.namespace, self._lake)
        try:
            os.close(open_private(self._options.path))
            self._transport.emit(told)
        except (OSError, RuntimeError) as error:  # the transport turns errors of the file into the latter
            if not self._told:
                self._told = True
                _log.warning("lineage is lost: %s cannot be written (%s)", self._options.path, type(error).__name__)

    def waiting(self) -> Waiting:
        """Nothing: an event is in the file, or lost."""
        return Waiting()

    def close(self) -> None:
        """Nothing is open."""

    @once
    def _transport(self) -> FileTransport:
        # Not through OpenLineageClient, which also obeys variables and files that the project does not name.
        from openlineage.client.transport.file import FileConfig, FileTransport

        return FileTransport(FileConfig(log_file_path=str(self._options.path), append=True))
