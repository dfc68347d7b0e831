"""One call of the command line: its global options, and the way to the use cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lakekit.compose import Application
    from lakekit.ports.telemetry import Reporter

    Compose = Callable[[Path | str, str | None, Reporter], Application]


class Invocation:
    """The global options, filled in by the group before a command runs.

    `compose` makes the application of a project; None stands for the real one.
    """

    def __init__(self, compose: Compose | None = None) -> None:
        self.project_dir: Path | str = Path()
        self.environment: str | None = None
        self.debug = False
        self._compose = compose

    def application(self, reporter: Reporter | None = None, project_dir: Path | None = None) -> Application:
        """The application of this project, or of `project_dir`. Raises ConfigError and PluginError."""
        from lakekit.app.telemetry import Silent

        compose = self._compose or _real
        return compose(project_dir or self.project_dir, self.environment, reporter or Silent())


def _real(project_dir: Path | str, environment: str | None, reporter: Reporter) -> Application:
    from lakekit.cli.env_files import load_env_files
    from lakekit.cli.main import COMMANDS
    from lakekit.compose import application
    from lakekit.project import chosen_environment

    if isinstance(project_dir, Path):
        load_env_files(project_dir, chosen_environment(project_dir, environment))
    return application(project_dir, environment, reporter, COMMANDS)
