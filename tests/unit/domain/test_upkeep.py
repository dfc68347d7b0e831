"""What is worth doing about a table."""

from __future__ import annotations

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.domain.upkeep import TARGET_BYTES, Step, TableShape, Wishes, check_columns, plan

BIG, SMALL = TARGET_BYTES, 1


@pytest.mark.parametrize(
    ("files", "since", "wishes", "steps"),
    [
        ([BIG] * 9, 3, Wishes(), ()),
        ([SMALL], 3, Wishes(), ()),
        ([SMALL] * 2, 3, Wishes(), (Step.COMPACT, Step.CHECKPOINT)),
        ([SMALL] * 2, 3, Wishes(auto=True), ()),
        ([SMALL] * 8, 3, Wishes(auto=True), (Step.COMPACT, Step.CHECKPOINT)),
        ([BIG], 10, Wishes(auto=True), (Step.CHECKPOINT,)),
        ([BIG], 0, Wishes(vacuum=True), (Step.VACUUM, Step.CLEAN_LOG)),
        ([SMALL] * 9, 0, Wishes(("a",)), (Step.CLUSTER, Step.CHECKPOINT)),
        ([], 0, Wishes(("a",)), ()),
    ],
)
def test_steps_follow_from_the_shape(files: list[int], since: int, wishes: Wishes, steps: tuple[Step, ...]) -> None:
    assert plan(TableShape(20, tuple(files), since), wishes) == steps


def test_a_partition_column_cannot_be_clustered_by_and_the_rest_is_offered() -> None:
    with pytest.raises(ConfigError) as caught:
        check_columns(("day", "id"), ("day", "id"), ("day",))
    assert caught.value.code == "optimize.partition_column"
    assert "--zorder id" in caught.value.next
