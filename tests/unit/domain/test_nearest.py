"""What may have been meant by a name that is none."""

from __future__ import annotations

from itertools import permutations

import pytest

from lakekit.domain.nearest import aside, did_you_mean, nearest


@pytest.mark.parametrize(
    ("asked", "names", "near"),
    [
        ("custmer", ("orders", "customer", "customers"), "customer"),
        ("AMOUNT", ("amount", "account"), "amount"),
        ("amuont", ("AMOUNT", "ACCOUNT"), "AMOUNT"),
        ("zz", ("amount", "account"), ""),
        ("x", (), ""),
        ("abd", ("abe", "abc", "aba"), "abe"),
        ("amoun", ("Amount", "AMOUNT", "amount"), "amount"),
    ],
)
def test_the_nearest_name_is_one_whatever_the_case_and_the_order(asked: str, names: tuple[str, ...], near: str) -> None:
    assert {nearest(asked, ordered) for ordered in permutations(names)} == {near}


def test_how_like_a_name_must_be_can_be_asked_for() -> None:
    assert nearest("lookbak", ["lookback"], like=0.9) == "lookback"
    assert nearest("look", ["lookback"], like=0.9) == ""


def test_of_what_goes_on_and_on_the_beginning_is_looked_at() -> None:
    assert nearest("x" * 100 + "y" * 1_000_000, ["x" * 99]) == "x" * 99


def test_the_question_stands_alone_or_behind_what_is_wrong() -> None:
    assert (did_you_mean("id"), aside("id")) == ("did you mean 'id'?", " (did you mean 'id'?)")
    assert (did_you_mean(""), aside("")) == ("", "")
