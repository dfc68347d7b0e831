"""What is worth doing about a table."""

from __future__ import annotations

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.domain.layout import Partition, Range
from lakekit.domain.upkeep import LARGEST_TARGET, Leftover, Step, TableShape, Wishes, advice, check_columns, plan

BIG, SMALL = LARGEST_TARGET, 1


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
    actions = plan(TableShape(20, tuple(files), since), wishes)
    assert tuple(action.step for action in actions) == steps
    assert all(action.why for action in actions)


def parted(*partitions: Partition, by: tuple[str, ...] = (), clustered: int = 0) -> TableShape:
    return TableShape(9, tuple(f for p in partitions for f in p.files), 0, by, partitions, clustered)


def along(*ranges: Range | None, size: int = BIG) -> Partition:
    """Files whose column `at` has these ranges."""
    return Partition((size,) * len(ranges), {"at": ranges})


def steps(shape: TableShape, wishes: Wishes, *filters: str) -> list[Step]:
    return [action.step for action in plan(shape, wishes, filters)]


def test_files_are_joined_within_a_partition_only() -> None:
    scattered = parted(*(Partition((SMALL,)) for _ in range(1000)), by=("day",))
    assert steps(scattered, Wishes()) == []
    told = advice(scattered, Wishes(auto=True), ())
    assert told == ("1000 partitions have one small file each, which no rewrite joins: partition by fewer values",)
    together = parted(Partition((SMALL,) * 8), Partition((SMALL,)), by=("day",))
    (compact, _) = plan(together, Wishes(auto=True))
    assert (compact.step, compact.why) == (Step.COMPACT, "8 files are below 8 MiB in 2 partitions")


@pytest.mark.parametrize(
    ("files", "target"),
    [([], 16), ([1] * 9, 16), ([128] * 2, 16), ([128] * 8, 64), ([1024] * 4, 128), ([4] * 10_000, 128)],
)
def test_files_are_to_be_larger_in_a_larger_table(files: list[int], target: int) -> None:
    assert TableShape(1, tuple(size * 2**20 for size in files), 0).target == target * 2**20


def test_one_partition_with_most_of_the_bytes_is_told() -> None:
    shape = parted(Partition((BIG,) * 9), Partition((BIG,)), by=("day",))
    assert advice(shape, Wishes(auto=True), ()) == (
        "one of 2 partitions holds 90% of the bytes: partition by another column",
    )


def test_what_a_vacuum_would_free_is_told_unless_it_is_asked_for() -> None:
    left = (Leftover("a", 1500), Leftover("b", 500))
    (told,) = advice(parted(along((0, 1))), Wishes(auto=True), left)
    assert told == "2 files of 2,000 bytes are needed by no recent version: add --vacuum"
    assert advice(parted(along((0, 1))), Wishes(auto=True, vacuum=True), left) == ()


MIXED, APART = [(0, 100)] * 8, [(10 * i, 10 * i + 9) for i in range(8)]


@pytest.mark.parametrize(
    ("shape", "filters", "clusters"),
    [
        (parted(along(*MIXED)), ("at",), True),
        (parted(along(*APART)), ("at",), False),
        (parted(along(*MIXED)), (), False),
        (parted(along(*MIXED, size=7 * 2**20)), ("at",), False),
        (parted(along(*[None] * 8)), ("at",), False),
        (parted(along(*MIXED), by=("at",)), ("at",), False),
        (parted(along(*MIXED[:6], None, None)), ("at",), True),
        (parted(along(*MIXED), clustered=7 * BIG), ("at",), False),
        (parted(along(*MIXED), clustered=5 * BIG), ("at",), True),
        (parted(along(*MIXED[:1]), along(*MIXED[:1]), by=("day",)), ("at",), False),
    ],
    ids=["mixed", "apart", "unknown", "small", "blind", "parted by", "half", "settled", "grown", "apart by day"],
)
def test_auto_clusters_a_large_table_where_files_overlap_on_a_column_of_filters(
    shape: TableShape, filters: tuple[str, ...], clusters: bool
) -> None:
    assert (Step.CLUSTER in steps(shape, Wishes(auto=True), *filters)) == clusters
    assert Step.CLUSTER not in steps(shape, Wishes(), *filters)


def test_auto_says_what_a_clustering_saves() -> None:
    (cluster, _) = plan(parted(along(*MIXED)), Wishes(auto=True), ("at",))
    assert cluster.why == "a look-up by at reads 100% of the table, and about 12% of it then"
    assert cluster.columns == ("at",)


def test_a_partition_column_is_left_out_and_the_rest_is_clustered_by() -> None:
    check_columns(("day", "id"), ("day", "id"), ("day",))
    (cluster, _) = plan(parted(along((0, 1)), by=("day",)), Wishes(("day", "id")))
    assert cluster.columns == ("id",)
    assert cluster.why == "asked for; not by day, of which a partition has one value"


def test_nothing_but_partition_columns_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        check_columns(("day",), ("day", "id"), ("day",))
    assert caught.value.code == "optimize.partition_column"
