"""The mark of a function of PySpark that makes a dataset, and what such functions need to read dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from lakekit.domain.dimension import NOT_APPLICABLE_MEMBER, UNKNOWN_MEMBER

__all__ = ["NOT_APPLICABLE_MEMBER", "UNKNOWN_MEMBER", "as_of", "transform"]

NOTHING: Mapping[str, Any] = MappingProxyType({})

Function = TypeVar("Function", bound=Callable[..., object])


def transform(
    *,
    inputs: Mapping[str, str],
    materialization: str = "replace",
    keys: Sequence[str] = (),
    partition_by: Sequence[str] = (),
    incremental: Sequence[str] = (),
    affected_by: Sequence[str] = (),
    affected_through: Mapping[str, Sequence[str]] = NOTHING,
    delete_when: str | None = None,
    truncate_when: str | None = None,
    sequence_by: str | Sequence[str] = (),
    track: Sequence[str] | None = None,
    track_except: Sequence[str] = (),
    except_: Sequence[str] = (),
    ignore_null_updates: bool = False,
    tie_break: Sequence[str] = (),
    snapshot: bool = False,
    absent: str = "close",
    scope: Sequence[str] = (),
    names: Mapping[str, str] = NOTHING,
    open_end: str | None = None,
    keep_events: str | None = None,
    members: bool = False,
    contract: str | None = None,
    tags: Sequence[str] = (),
    description: str = "",
    lineage: Mapping[str, Sequence[str]] = NOTHING,
) -> Callable[[Function], Function]:
    """Marks the function of a file `transforms/<layer>/<name>.py`, which makes the dataset `<layer>.<name>`.

    `inputs` has the dataset of each parameter; the function takes DataFrames and returns one. All arguments are
    literals, as lakekit reads them without running the file. `except_` is the option `except`. `lineage` says of which
    columns of the inputs a column is made, as `{"email": ["bronze.customers.email"]}`, where the plan of the function
    does not tell it. docs/transforms.md and docs/dimensions.md say what each option means.
    """
    del inputs, materialization, keys, partition_by, incremental, affected_by, affected_through
    del delete_when, truncate_when, sequence_by, track, track_except, except_, ignore_null_updates, tie_break
    del snapshot, absent, scope, names, open_end, keep_events, members, contract, tags, description, lineage
    return lambda function: function


def as_of(dimension: Any, moment: Any, *, valid_from: str = "valid_from", valid_to: str = "valid_to") -> Any:
    """The condition that a row of `dimension`, a DataFrame with versions, is the one that holds at `moment`, a Column:

        orders.join(c, (orders.customer_id == c.customer_id) & as_of(c, orders.ordered_at), "left")

    A version holds from `valid_from` on and no longer at `valid_to`, the names of two of its columns; NULL there is no
    end. No version holds at a moment that is NULL.
    """
    begins, ends = dimension[valid_from], dimension[valid_to]
    return (moment >= begins) & (ends.isNull() | (moment < ends))
