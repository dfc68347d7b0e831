"""Files of cases: what is read back is what was written, and mistakes have their place."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.domain.schema import TableColumn
from lakekit.project.cases.reading import read_cases
from lakekit.project.cases.writing import Rows, case_text, write_new
from lakekit.project.schemas import SCHEMAS
from lakekit.project.yaml_tree import yaml_tree

COLUMNS = (
    TableColumn("id", "long"),
    TableColumn("note", "string"),
    TableColumn("price", "decimal(10,2)"),
    TableColumn("at", "timestamp"),
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ODD = st.sampled_from(["~", "1", "*a", "{", "null", ": #", "yes", "2026-01-31"])
CELLS = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1).map(str),
    st.none() | TEXTS | ODD,
    st.none() | st.decimals(-9999, 9999, places=2).map(str),
    st.none() | st.sampled_from(["2026-01-31T00:00:00Z", "2026-01-31T00:00:00.000001Z"]),
)
ORDERS = parse_dataset("silver.orders")


def read(text: str) -> list:
    return read_cases(yaml_tree(text, "tests/transforms/c.yaml"), ["silver.orders"])


@example([(None, "a\x85\u2028 b", None, None)])
@given(st.lists(CELLS, max_size=4))
def test_what_is_written_is_read_back(rows: list[tuple[str | None, ...]]) -> None:
    told = Rows(COLUMNS, tuple(rows))
    text = case_text("c", ORDERS, {"bronze.orders": told}, told, now=datetime(2026, 1, 31, tzinfo=UTC))
    (case,) = read(text)
    assert [tuple(row.cells[c.name] for c in COLUMNS) for row in case.expected] == rows
    kept = [{c.name: cell for c, cell in zip(COLUMNS, row, strict=True) if cell is not None} for row in rows]
    assert [dict(row.cells) for row in case.deliveries[0]["bronze.orders"]] == kept
    assert case.now == datetime(2026, 1, 31, tzinfo=UTC)


WHOLE = """\
cases:
  - name: keeps the newest
    transform: silver.orders
    description: told twice
    now: 2026-01-31T00:00:00Z
    inputs:
      orders:
        csv: |
          id,note
          1,"a, b"
          2,
    then:
      - bronze.orders:
          - {id: 3, note: ~}
    exact: true
    expect:
      - id: 1
        tags: [a, 1, ~]
"""


def test_all_that_a_case_may_say() -> None:
    (case,) = read(WHOLE)
    first, second = case.deliveries
    assert [dict(row.cells) for row in first["bronze.orders"]] == [
        {"id": "1", "note": "a, b"},
        {"id": "2", "note": None},
    ]
    assert [row.places["id"] for row in first["bronze.orders"]] == [f"tests/transforms/c.yaml:{n}:1" for n in (10, 11)]
    assert dict(second["bronze.orders"][0].cells) == {"id": "3", "note": None}
    assert dict(case.expected[0].cells) == {"id": "1", "tags": '["a", 1, null]'}
    assert (case.exact, case.ordered, case.place) == (True, False, "tests/transforms/c.yaml:2:5")
    validator = Draft202012Validator(SCHEMAS["cases"][1]())
    assert list(validator.iter_errors(json.loads(json.dumps(yaml.safe_load(WHOLE), default=str)))) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("name: keeps the newest", "title: x", "config.unknown_key", ":2:5"),
        ("silver.orders", "silver.oders", "config.unknown_dataset", ":3:16"),
        ("exact: true", "exact: yes", "config.wrong_type", ":15:12"),
        ("2026-01-31T00:00:00Z", "yesterday", "config.bad_value", ":5:10"),
        ("      orders:", "      a.b:", "config.bad_dataset", ":7:7"),
        ("2,\n", "2\n", "config.syntax", ":11:1"),
        ("id,note", "id,ID", "config.duplicate_key", ":9:1"),
        ("note: ~", "note: [1]", "config.wrong_type", ":14:21"),
        ("    exact: true", "    exact: true\n    exact: true", "config.duplicate_key", ":16:5"),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, code: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(WHOLE.replace(old, new))
    assert (caught.value.code, caught.value.where) == (code, f"tests/transforms/c.yaml{place}")


def test_two_cases_of_a_file_have_two_names() -> None:
    with pytest.raises(ConfigError, match="cannot be"):
        read(WHOLE + WHOLE.removeprefix("cases:\n"))


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    names = [write_new(tmp_path, ORDERS, f"{n}\n") for n in range(2)]
    assert names == ["tests/transforms/silver_orders.yaml", "tests/transforms/silver_orders_2.yaml"]
    assert [(tmp_path / name).read_text() for name in names] == ["0\n", "1\n"]


def test_the_cases_of_the_guide_are_cases() -> None:
    guide = (Path(__file__).parents[3] / "docs/transforms-tests.md").read_text("utf-8")
    parts = re.findall(r"^```yaml\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    told = read_cases(yaml_tree("".join(parts), "guide.yaml"), ["silver.orders", "silver.latest", "gold.dim_customer"])
    assert [len(case.deliveries) for case in told] == [1, 2, 2]
