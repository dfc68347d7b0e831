"""Names of datasets, and where in the lake their parts lie."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from attrs import frozen

MAX_COLUMN = 255
LAYERS = ("bronze", "silver", "gold")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@frozen
class Dataset:
    """A named table. Written `bronze.orders`; in the lake it lies at `bronze/orders`."""

    layer: str
    name: str

    def __str__(self) -> str:
        return f"{self.layer}.{self.name}"

    @property
    def table(self) -> PurePosixPath:
        """The table's folder, relative to the lake."""
        return PurePosixPath(self.layer, self.name)

    @property
    def quarantine(self) -> PurePosixPath:
        """The folder of the table of rejected rows, relative to the lake."""
        return PurePosixPath("_errors", self.layer, self.name)

    @property
    def landing(self) -> PurePosixPath:
        """The folder that holds one landing folder per batch, relative to the lake."""
        return PurePosixPath("landing", self.layer, self.name)


def column_problem(name: str) -> str:
    """Why a contract cannot have a column of that name; empty where it can."""
    if name.startswith("_"):
        return "names that begin with _ are lakekit's own"
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        return "it holds a control character or a line break"
    return f"it is longer than {MAX_COLUMN} characters" if len(name) > MAX_COLUMN else ""


def parse_dataset(text: str) -> Dataset:
    """The dataset that `bronze.orders`, `orders` or `lake://bronze/orders` names.

    Names are lower-case letters, digits and `_`, begin with a letter and have at most 63 characters, so no name can
    climb out of the lake. Raises ValueError, with the reason, for any other text.
    """
    parts = text[len("lake://") :].split("/") if text.startswith("lake://") else text.split(".")
    layer, name = (["bronze", *parts] if len(parts) == 1 else [*parts, "", ""])[:2]
    if len(parts) > 2 or layer not in LAYERS or not _NAME.fullmatch(name):
        raise ValueError(f"{text!r} is not a dataset: write layer.name, with a layer of {', '.join(LAYERS)}")
    return Dataset(layer, name)
