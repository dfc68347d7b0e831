"""A transform that reads a dimension is compiled with what that is, and tells places as its user wrote them."""

from __future__ import annotations

import pytest

from lakekit.app.transform.compiling import compiled
from lakekit.app.transform.job import TransformJob, evaluating
from lakekit.domain.dimension import Dimension, Names
from lakekit.domain.errors import ConfigError, EngineError
from lakekit.domain.names import parse_dataset
from lakekit.domain.transform import Language, Transform

FACT = """SELECT o.id, c._version_key
FROM bronze.orders AS o
LEFT JOIN gold.people AS c ON c.k = o.k AND as_of(c, o.at) AND o.x > 1"""


PEOPLE = Dimension(("k",))


def made(fact: str = FACT, dimension: Dimension | None = PEOPLE) -> TransformJob:
    """The fact; the dimension stands behind it."""
    drafts = [(transform("gold.facts"), fact), (transform("gold.people", dimension), "SELECT k FROM bronze.people")]
    return compiled(drafts, ["bronze.orders", "bronze.people"])[0]


def transform(name: str, dimension: Dimension | None = None) -> Transform:
    place = f"transforms/{name.replace('.', '/')}.sql"
    return Transform(parse_dataset(name), Language.SQL, (), "", place, dimension=dimension)


def test_what_is_run_has_no_macros() -> None:
    job = made()
    assert job.body == FACT.replace(
        "as_of(c, o.at)", "(o.at >= c.`valid_from` AND (c.`valid_to` IS NULL OR o.at < c.`valid_to`))"
    )
    assert job.query is not None
    assert job.query.text == job.body
    assert job.transform.input_names == ("bronze.orders", "gold.people")


def test_other_names_of_a_dimension_are_other_code_of_what_reads_it() -> None:
    assert made().transform.code == made(FACT.replace("LEFT JOIN", "left  join /* all */")).transform.code
    assert made(dimension=Dimension(("k",), names=Names(valid_to="until"))).transform.code != made().transform.code


@pytest.mark.parametrize("dimension", [None, Dimension(("k",), history=False)])
def test_what_is_no_dimension_of_type_2_is_told_with_file_line_and_column(dimension: Dimension | None) -> None:
    with pytest.raises(ConfigError) as caught:
        made(dimension=dimension)
    assert (caught.value.code, caught.value.where) == ("transform.no_versions", "transforms/gold/facts.sql:3:51")


def test_inputs_behind_a_macro_are_told_where_they_stand() -> None:
    with pytest.raises(ConfigError) as caught:
        made("SELECT unknown_member() AS a FROM bronze.nope")
    assert caught.value.where == "transforms/gold/facts.sql:1:35"


def test_a_place_that_a_runtime_tells_is_one_in_the_file() -> None:
    job = made()
    column = str(job.body).splitlines()[2].index("o.x") + 1
    with pytest.raises(EngineError) as caught, evaluating(job):
        raise EngineError("runtime.failed", "", where=f"3:{column}")
    assert caught.value.where == f"transforms/gold/facts.sql:3:{FACT.splitlines()[2].index('o.x') + 1}"


@pytest.mark.parametrize("where", ["", "3:9"])
def test_other_places_that_a_runtime_tells_stay(where: str) -> None:
    with pytest.raises(EngineError) as caught, evaluating(made()):
        raise EngineError("runtime.failed", "", where=where)
    assert caught.value.where == f"transforms/gold/facts.sql:{where}".rstrip(":")
