"""An increment gives what a rebuild gives, or the plan refuses: random transforms over random histories."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from lakekit.domain.report import Ending
from lakekit.domain.versions import OnwardBuild
from tests.integration.transforms.lakes import Lake

COLUMNS = {"a": {"k": "long", "g": "string", "v": "long"}, "b": {"k": "long", "name": "string"}}
KEY, GROUP = st.sampled_from([1, 2, 3, None]), st.sampled_from(["x", "y", None])
ROWS = {
    "a": st.lists(st.tuples(KEY, GROUP, st.integers(0, 3)), min_size=1, max_size=4),
    "b": st.lists(st.tuples(KEY, st.sampled_from(["p", "q"])), min_size=1, max_size=3),
}
APPEND = {"materialization": "append", "incremental": ["bronze.a"]}
BY_K = {"materialization": "partition", "partition_by": ["g"], "incremental": ["bronze.a"], "affected_by": ["g"]}
BY_KEY = {"materialization": "merge", "keys": ["k"], "incremental": ["bronze.a"], "affected_by": ["k"]}

# Each: the query, and the options under which it may be built.
QUERIES: Sequence[tuple[str, Sequence[dict[str, Any]]]] = (
    ("SELECT k, g, v + 1 AS v FROM bronze.a WHERE v > 0", [{}, APPEND]),
    ("SELECT a.k, a.g, b.name FROM bronze.a AS a LEFT JOIN bronze.b AS b ON a.k = b.k", [{}, APPEND, BY_K]),
    ("SELECT b.k, b.name, a.v FROM bronze.b AS b LEFT JOIN bronze.a AS a ON a.k = b.k", [{}, APPEND]),
    ("SELECT k, count(*) AS n, sum(v) AS v FROM bronze.a WHERE k IS NOT NULL GROUP BY k", [{}, APPEND, BY_KEY]),
    ("SELECT g, max(v) AS v FROM bronze.a GROUP BY g", [{}, APPEND, BY_K]),
    ("SELECT DISTINCT g, k FROM bronze.a", [{}, APPEND, BY_K]),
    (
        "SELECT g, k FROM (SELECT *, rank() OVER (PARTITION BY g ORDER BY v) AS r FROM bronze.a) AS t WHERE r = 1",
        [{}, APPEND, BY_K],
    ),
    ("SELECT g, v FROM bronze.a UNION ALL SELECT name AS g, k AS v FROM bronze.b", [{}, APPEND, BY_K]),
    ("SELECT k, g FROM bronze.a WHERE k IN (SELECT k FROM bronze.b)", [{}, APPEND, BY_K]),
    ("SELECT k, v FROM bronze.a WHERE v = (SELECT max(v) FROM bronze.a)", [{}, APPEND]),
)
DOWNSTREAM = ("SELECT g, count(*) AS n FROM silver.t0 GROUP BY g", "SELECT count(*) AS n FROM silver.t0")


@st.composite
def transforms(draw: st.DrawFn) -> list[tuple[str, str, dict[str, Any]]]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        query, options = draw(st.sampled_from(QUERIES))
        made.append((f"silver.t{number}", query, draw(st.sampled_from(options))))
    if draw(st.booleans()):
        made.append(("gold.d", draw(st.sampled_from(DOWNSTREAM if " g" in made[0][1] else DOWNSTREAM[1:])), {}))
    return made


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, str, Any]:
    kind = draw(st.sampled_from(["append", "append", "append", "delete", "update", "optimize", "restore", "put back"]))
    name = draw(st.sampled_from(["a", "a", "b"]))
    detail = draw(ROWS[name]) if kind == "append" else draw(st.integers(1, 3))
    return kind, name, detail


def change(lake: Lake, kind: str, name: str, detail: Any) -> None:
    if kind == "put back":
        _put_back(lake, "silver.t0", detail)
        return
    table = lake.table(f"bronze.{name}")
    if kind == "append":
        lake.append(name, detail)
    elif kind == "delete":
        table.delete(f"k = {detail}")
    elif kind == "update":
        table.update({"v": "v + 1"} if name == "a" else {"name": "'r'"}, predicate=f"k = {detail}")
    elif kind == "optimize":
        table.optimize.compact()
    elif table.version():
        table.restore(max(0, table.version() - detail))


def _put_back(lake: Lake, name: str, versions: int) -> None:
    """So many versions, where there are as many, but for a transform that is refused, and so never made."""
    if not lake.path(name).exists():
        return
    told = lake.restore(name, max(0, lake.table(name).version() - versions))
    assert isinstance(told.onward, OnwardBuild)
    plan = lake.plan()[name]
    assert (told.onward.plan.scope, told.onward.plan.reasons) == (plan.scope, plan.reasons)


# A history that fails is read as it is: to shrink one takes minutes.
@settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(transforms(), st.lists(st.lists(changes(), min_size=1, max_size=2), min_size=1, max_size=3), st.data())
def test_increments_give_what_a_rebuild_gives_or_are_refused(
    made: list[tuple[str, str, dict[str, Any]]], history: list[list[tuple[str, str, Any]]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        lake = Lake(Path(folder), COLUMNS)
        lake.begin()
        for name in COLUMNS:
            lake.append(name, data.draw(ROWS[name]))
        for name, query, options in made:
            lake.transform(name, query, **options)
            note(f"{name} {options}: {query}")
        for steps in history:
            for step in steps:
                note(str(step))
                change(lake, *step)
            reports = lake.build(at_once=2)
            for name, report in reports.items():
                note(f"{name}: {report.scope} {report.instead} {report.failure}")
                refused = report.failure and report.failure.code == "transform.not_incremental"
                assert refused or report.skipped or report.ending in {Ending.PUBLISHED, Ending.NOTHING_NEW}
            _compare(lake, [name for name, _, _ in made])


def _compare(lake: Lake, names: list[str]) -> None:
    """Every table against a rebuild in a copy of the project."""
    with TemporaryDirectory() as folder:
        copy = Lake(Path(folder) / "copy", COLUMNS)
        shutil.copytree(lake.root, copy.root, ignore=shutil.ignore_patterns("silver", "gold"))
        shutil.copytree(lake.root / "transforms", copy.root / "transforms", dirs_exist_ok=True)
        rebuilt = copy.build()
        for name in names:
            if rebuilt[name].ending is Ending.PUBLISHED:
                assert lake.rows(name) == copy.rows(name), name
