"""The mark of a function of PySpark that makes a dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., object])


def transform(
    *,
    inputs: Mapping[str, str],
    materialization: str = "replace",
    keys: Sequence[str] = (),
    partition_by: Sequence[str] = (),
    incremental: Sequence[str] = (),
    affected_by: Sequence[str] = (),
    delete_when: str | None = None,
    contract: str | None = None,
    tags: Sequence[str] = (),
    description: str = "",
) -> Callable[[Function], Function]:
    """Marks the function of a file `transforms/<layer>/<name>.py`, which makes the dataset `<layer>.<name>`.

    `inputs` has the dataset of each parameter; the function takes DataFrames and returns one. All arguments are
    literals, as lakekit reads them without running the file. docs/transforms.md says what each option means.
    """
    del inputs, materialization, keys, partition_by, incremental, affected_by, delete_when, contract, tags, description
    return lambda function: function
