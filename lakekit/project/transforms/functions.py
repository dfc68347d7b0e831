"""A function of a project, imported when it is first called."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import frozen

from lakekit.domain.errors import ConfigError


@frozen(slots=False)
class ProjectFunction:
    """`name` in `file`. It is called with DataFrames by dataset, and hands each to the parameter of its input."""

    file: Path
    name: str
    inputs: Mapping[str, str]

    @property
    def __name__(self) -> str:
        """As errors call it."""
        return self.name

    def __call__(self, frames: Mapping[str, Any]) -> Any:
        return self._function(**{parameter: frames[dataset] for parameter, dataset in self.inputs.items()})

    @cached_property
    def _function(self) -> Any:
        """What the decorator made of it: the function itself. Raises ConfigError for a module that cannot be found;
        what the file raises passes."""
        return getattr(self._module(), self.name)

    def _module(self) -> ModuleType:
        # Not put among the modules of the process: functions of columns then travel by value to where rows are.
        spec = importlib.util.spec_from_file_location(f"_lakekit_{self.file.stem}", self.file)
        if spec is None or spec.loader is None:
            raise ConfigError("config.unreadable", f"{self.file.name} cannot be read", where=str(self.file))
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except ImportError as error:
            raise ConfigError(
                "transform.import_failed",
                f"{self.file.name} imports what is not there",
                where=str(self.file),
                why=f"no module {error.name!r}" if error.name else type(error).__name__,
                next="install it, or correct the import; modules of the project are named from its folder",
            ) from error
        return module
