"""The reference project: the settings, contracts and suites with which a new project begins."""

from __future__ import annotations

from pathlib import Path

_SHIPPED = Path(__file__).with_name("templates")
"""Where the wheel puts `config/` of the repository; an editable installation reads the folder itself."""


def reference() -> dict[str, str]:
    """Its files as texts, by their path within a project, such as `config/dev.yaml`."""
    folder = _SHIPPED if _SHIPPED.is_dir() else Path(__file__).parents[2] / "config"
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".json"))
    return {f"config/{path.relative_to(folder).as_posix()}": path.read_text("utf-8") for path in files}
