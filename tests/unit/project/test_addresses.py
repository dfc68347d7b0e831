"""`lake://` addresses lead into the lake of the environment, and never out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.errors import ConfigError
from lakekit.project import resolve_address


@pytest.mark.parametrize(
    ("lake", "place"),
    [("/srv/lake", "/srv/lake/bronze/orders"), ("s3://bucket/prefix", "s3://bucket/prefix/bronze/orders")],
)
def test_an_address_resolves_by_environment(lake, place):
    assert resolve_address("lake://bronze/orders", lake) == place


@pytest.mark.parametrize(
    "address",
    [
        "bronze.orders",
        "lake://",
        "lake://bronze/../x",
        "lake://landing/bronze",
        "lake://bronze/a/b",
    ],
)
def test_what_names_no_dataset_is_refused(address):
    with pytest.raises(ConfigError) as caught:
        resolve_address(address, "/srv/lake")
    assert caught.value.code == "config.bad_address"


@given(st.text(alphabet="abz/.:_-~ \\%\0é", max_size=30))
def test_no_address_leads_out_of_the_lake(rest):
    try:
        place = resolve_address("lake://" + rest, "/srv/lake")
    except ConfigError:
        return
    inside = place.removeprefix("/srv/lake/").split("/")
    assert place.startswith("/srv/lake/")
    assert len(inside) == 2
    assert not {"", ".", ".."} & set(inside)
