"""What the next build does, and why, as a decision of values."""

from __future__ import annotations

import pytest
from attrs import evolve

from lakekit.domain.build import Build, Pin, Scope
from lakekit.domain.names import Dataset
from lakekit.domain.planning import Cause, Decision, InputState, Movement, Reason, decide
from lakekit.domain.transform import Language, Materialization, Mention, Transform

PLAIN = Transform(
    Dataset("silver", "t"), Language.SQL, (Mention("bronze.a", ""), Mention("bronze.b", "")), "code", "t.sql"
)
APPEND = evolve(PLAIN, materialization=Materialization.APPEND, incremental=("bronze.a",))
MERGE = evolve(PLAIN, materialization=Materialization.MERGE, keys=("k",))
BY_KEY = evolve(MERGE, incremental=("bronze.a",), affected_by=("k",))
LAST = Build("silver.t", 1, "u", "r", "2026-01-01T00:00:00+00:00", Scope.FULL, "code", "", ())


def state(name: str, movement: Movement, *, lost: bool = False) -> InputState:
    return InputState(Pin(f"bronze.{name}", "id", 1), movement, lost=lost)


def decided(
    transform: Transform,
    last: Build | None = LAST,
    refresh: bool = False,
    foreign: bool = False,
    **moved: Movement,
) -> Decision:
    states = [state(name, moved.get(name, Movement.NONE)) for name in "ab"]
    return decide(transform, last, states, refresh=refresh, foreign=foreign)


@pytest.mark.parametrize("transform", [PLAIN, APPEND, MERGE, BY_KEY])
@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"last": None}, Cause.NEVER_BUILT),
        ({"refresh": True}, Cause.REFRESH),
        ({"foreign": True}, Cause.FOREIGN),
        ({"last": evolve(LAST, code="other")}, Cause.CODE),
        ({"last": evolve(LAST, contract="other")}, Cause.CONTRACT),
    ],
)
def test_what_makes_the_old_rows_wrong_makes_all_anew(transform: Transform, given: dict, cause: Cause) -> None:
    assert decided(transform, **given) == Decision(Scope.FULL, True, (Reason(cause),))


@pytest.mark.parametrize("transform", [PLAIN, APPEND, MERGE, BY_KEY])
def test_nothing_is_done_where_nothing_has_moved(transform: Transform) -> None:
    assert decided(transform) == Decision(None)


@pytest.mark.parametrize(
    ("transform", "scope", "rebuild"),
    [
        (PLAIN, Scope.FULL, True),
        (MERGE, Scope.FULL, False),
        (APPEND, Scope.NEW_ROWS, False),
        (BY_KEY, Scope.KEYS, False),
    ],
)
def test_new_rows_are_met_as_the_transform_says(transform: Transform, scope: Scope, rebuild: bool) -> None:
    assert decided(transform, a=Movement.ADDED) == Decision(scope, rebuild, (Reason(Cause.INPUT, "bronze.a"),))


@pytest.mark.parametrize(
    ("transform", "movement", "scope"),
    [
        (APPEND, Movement.CHANGED, Scope.FULL),
        (BY_KEY, Movement.CHANGED, Scope.KEYS),
        (APPEND, Movement.UNKNOWN, Scope.FULL),
        (BY_KEY, Movement.UNKNOWN, Scope.FULL),
    ],
)
def test_rows_that_changed_are_followed_by_their_keys_alone(
    transform: Transform, movement: Movement, scope: Scope
) -> None:
    found = decided(transform, a=movement)
    assert (found.scope, found.rebuild, bool(found.instead)) == (scope, scope is Scope.FULL, scope is Scope.FULL)


@pytest.mark.parametrize("transform", [APPEND, BY_KEY])
def test_an_input_that_is_read_in_full_makes_all_anew_and_so_do_files_that_are_gone(transform: Transform) -> None:
    assert "bronze.b has changed, and is read in full" in decided(transform, b=Movement.ADDED).instead
    states = [state("a", Movement.ADDED, lost=True), state("b", Movement.NONE)]
    found = decide(transform, LAST, states, refresh=False, foreign=False)
    assert (found.scope, found.rebuild) == (Scope.FULL, True)
    assert "vacuumed" in found.instead
