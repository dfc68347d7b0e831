"""What columns are made of is kept without saying twice what holds for all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lakekit.app.codec import decode, encode
from lakekit.domain.lineage import ColumnSource, Lineage

SOURCES = st.builds(
    ColumnSource,
    st.sampled_from(["bronze.a", "silver.b"]),
    st.sampled_from("xyz"),
    st.booleans(),
    st.sampled_from(["FILTER", "IDENTITY"]),
)
COLUMNS = st.dictionaries(
    st.text(max_size=3), st.none() | st.frozensets(SOURCES, max_size=5).map(lambda found: tuple(sorted(found)))
)


@given(COLUMNS)
def test_it_comes_out_of_a_commit_as_it_went_in(columns: dict[str, tuple[ColumnSource, ...] | None]) -> None:
    assert decode(encode(Lineage.of(columns)), Lineage).told() == columns


def test_what_steers_all_columns_stands_once() -> None:
    steering = tuple(ColumnSource("bronze.a", f"s{n}", False, "FILTER") for n in range(9))
    own = [ColumnSource("bronze.a", f"c{n}", True, "IDENTITY") for n in range(9)]
    made = Lineage.of({f"c{n}": (each, *steering) for n, each in enumerate(own)})
    assert made.shared == steering
    assert [made.columns[f"c{n}"] for n in range(9)] == [(each,) for each in own]
