"""Names and patterns choose datasets."""

from __future__ import annotations

import pytest

from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import ConfigError
from lakekit.domain.names import Dataset, parse_dataset
from lakekit.domain.transform import Language, Mention, Transform
from lakekit.domain.types import parse_type
from lakekit.project.model import LoadType, SourceSettings
from lakekit.project.selection import Selection

CONTRACT = Contract("c", (Column("id", parse_type("long")),))
SOURCES = {
    f"bronze.{name}": SourceSettings(Dataset("bronze", name), "files", LoadType.FULL, CONTRACT)
    for name in ("orders", "order_items", "customers")
}


def chosen(*names: str, exclude: tuple[str, ...] = (), may_be_empty: bool = False) -> list[str]:
    return [source.dataset.name for source in Selection(names, exclude, may_be_empty).of(SOURCES)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ["orders", "order_items", "customers"]),
        (("orders",), ["orders"]),
        (("bronze.*",), ["orders", "order_items", "customers"]),
        (("order*",), ["orders", "order_items"]),
        (("bronze.order?",), ["orders"]),
        (("[co]*s", "lake://bronze/orders"), ["orders", "order_items", "customers"]),
        (("customers", "*"), ["customers", "orders", "order_items"]),
    ],
)
def test_each_dataset_is_chosen_once_in_the_order_of_asking(names: tuple[str, ...], expected: list[str]) -> None:
    assert chosen(*names) == expected


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("custmer*", "config.nothing_selected", "did you mean 'bronze.customers'?"),
        ("gold.*", "config.nothing_selected", "bronze.order_items"),
        ("bronze.custmers", "config.unknown_dataset", "did you mean 'bronze.customers'?"),
        ("no such", "config.bad_dataset", ""),
    ],
)
def test_what_chooses_nothing_is_an_error_that_suggests(name: str, code: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        chosen("orders", name)
    assert caught.value.code == code
    assert hint in caught.value.next


@pytest.mark.parametrize(
    ("names", "exclude", "expected"),
    [
        ((), ("customers",), ["orders", "order_items"]),
        ((), ("order*",), ["customers"]),
        (("customers", "orders"), ("bronze.order*", "customers"), None),
    ],
)
def test_what_is_excluded_is_left_out_of_what_is_chosen(
    names: tuple[str, ...], exclude: tuple[str, ...], expected: list[str] | None
) -> None:
    if expected is not None:
        assert chosen(*names, exclude=exclude) == expected
        return
    with pytest.raises(ConfigError, match=r"config\.nothing_selected"):
        chosen(*names, exclude=exclude)
    assert chosen(*names, exclude=exclude, may_be_empty=True) == []


def test_a_slip_in_what_is_excluded_is_an_error_too() -> None:
    with pytest.raises(ConfigError, match="no dataset matches"):
        chosen(exclude=("custmer*",))
    with pytest.raises(ConfigError, match="there is no dataset"):
        chosen(exclude=("custmers",), may_be_empty=True)


def test_a_pattern_may_match_nothing_where_that_is_said() -> None:
    assert chosen("gold.*", may_be_empty=True) == []


def test_settings_without_sources_are_told_as_such() -> None:
    with pytest.raises(ConfigError, match=r"config\.no_sources"):
        Selection().of({})


TRANSFORMS = {
    name: Transform(
        parse_dataset(name), Language.SQL, tuple(Mention(i, "") for i in inputs), "", f"transforms/{path}", tags=tags
    )
    for name, inputs, path, tags in (
        ("silver.a", ("bronze.orders",), "silver/a.sql", frozenset({"daily"})),
        ("silver.b", ("silver.a",), "silver/b.sql", frozenset()),
        ("gold.c", ("silver.b", "bronze.customers"), "gold/c.sql", frozenset({"daily"})),
    )
}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("+gold.c",), ["bronze.orders", "bronze.customers", "silver.a", "silver.b", "gold.c"]),
        (("1+gold.c",), ["bronze.customers", "silver.b", "gold.c"]),
        (("silver.a+",), ["silver.a", "silver.b", "gold.c"]),
        (("silver.a+1",), ["silver.a", "silver.b"]),
        (("bronze.orders+1",), ["bronze.orders", "silver.a"]),
        (("+silver.b+",), ["bronze.orders", "silver.a", "silver.b", "gold.c"]),
        (("tag:daily",), ["silver.a", "gold.c"]),
        (("tag:daily+1",), ["silver.a", "silver.b", "gold.c"]),
        (("path:transforms/silver",), ["silver.a", "silver.b"]),
        (("path:transforms/*/c.sql",), ["gold.c"]),
        (("c",), ["gold.c"]),
    ],
)
def test_neighbours_tags_and_files_select(names: tuple[str, ...], expected: list[str]) -> None:
    every = {**{n: s for n, s in SOURCES.items() if "items" not in n}, **TRANSFORMS}
    assert [str(entry.dataset) for entry in Selection(names).of(every)] == expected


@pytest.mark.parametrize("name", ["tag:hourly", "path:transforms/bronze", "x+", "+"])
def test_a_selector_that_meets_nothing_is_an_error(name: str) -> None:
    with pytest.raises(ConfigError):
        Selection((name,)).of(TRANSFORMS)
