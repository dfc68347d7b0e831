"""Patterns that are accepted mean the same to Python and to RE2; what one of them lacks is refused."""

from __future__ import annotations

import re
import warnings

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lakekit.project.patterns import check_pattern

REFUSED = {
    "lookahead": ["(?=a)", "(?!a)", "x(?=a)b"],
    "lookbehind": ["(?<=a)b", "(?<!a)b"],
    "backreference": [r"(a)\1", "(?P=x)", r"(a)\9"],
    "atomic": ["(?>a)"],
    "possessive": ["a*+", "a++", "a?+", "a{2}+", "a**", "a+*", "a{2}{3}", "a??*", "a*??"],
    "flag": ["(?i)a", "(?s:a)", "(?-i:a)", "(?", "(?:a)(?i)"],
    "named group": ["(?P<x>a)", "(?<x>a)"],
    "conditional": ["(a)(?(1)b)"],
    "comment": ["(?#x)"],
    "engines": [r"\p{L}", r"\bx", r"\Z", r"\z", r"\A", r"\Q", r"\x41", r"\u0041", r"\v", r"\é"],
    "engines do": [r"\<", "[a&&b]", "\\"],
    "engines do not agree on '['": ["[[:alpha:]]", "[a[b]"],
    "never closed": ["(a", "[a", "(?:a", "[^", "(a|b", r"[a\]"],
    "closes nothing": ["a)", ")", "(a))"],
    "repeats nothing": ["*a", "+", "?", "{2}", "(*a)", "a|*", "(?:)|+", "^*"],
    "a repeat runs": ["a{2,1}", "a{1001}", "a{1,1001}"],
    "more than 1000 times": ["(a{100}){11}", "(?:(?:a{11}){10}){10}"],
    "a range runs": ["[z-a]", "[a--]", r"[\d-z]", r"[a-\d]"],
    "']'": ["[]", "[]a]", "[^]a]"],
    "'-'": ["[-a]", "[--a]", "[a-z-9]"],
    "its edge": ["a^", "$a", "(^a)", "(a$)", "a$b", r"a$\n"],
    "longer than": ["a" * 1001],
    "deep": ["(" * 60 + ")" * 60],
}  # fmt: skip


@pytest.mark.parametrize(
    ("why", "pattern"), [(why, pattern) for why, patterns in REFUSED.items() for pattern in patterns]
)
def test_a_pattern_outside_the_subset_is_refused_with_its_reason(why, pattern):
    with pytest.raises(ValueError, match=re.escape(why)):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            "a",
            ".+@.+",
            "^[A-Z]{2}$",
            "^a$|^b$",
            "(a|b)*?c",
            r"\d{4}-\d\d",
            r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
        ),
        *(
            r"[^\s@]+",
            r"\(\d+\)",
            "a{1000}",
            "(a{10}){100}",
            "[a-]",
            r"[\[\]\-]",
            "é+",
            "a{2,}?",
            "()",
            "|",
            "x}",
            "]",
        ),
    ],
)
def test_a_pattern_of_the_subset_is_accepted(pattern):
    check_pattern(pattern)


def accepted(pattern: str) -> bool:
    try:
        check_pattern(pattern)
    except ValueError:
        return False
    return True


@given(st.text(alphabet=r"ab1-_.^$|()[]{},*+?\\dws:<!=P&é ", max_size=20))
def test_whatever_is_accepted_compiles_without_a_warning(pattern):
    assume(accepted(pattern))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        re.compile(pattern)


CLASSES = ["[ab]", "[^a]", "[a-c1-3]", r"[\w-]", r"[^\s]", r"[.\]]", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S"]
ATOMS = st.sampled_from(["a", "b", "1", ".", "é", " ", r"\.", r"\-", r"\_", "}", "]", *CLASSES])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, max_size=3).map("|".join).map("({})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "{0}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.lists(st.text(alphabet="abc1-_.] }é\n\rK٣", max_size=5), min_size=1, max_size=8))
def test_python_and_re2_agree_on_every_accepted_pattern(pattern, texts):
    assert accepted(pattern)
    query = "select list_transform($texts, lambda t: regexp_full_match(t, $pattern))"
    with duckdb.connect() as connection:
        (theirs,) = connection.execute(query, {"texts": texts, "pattern": pattern}).fetchone()
    assert theirs == [re.fullmatch(pattern, text, re.ASCII) is not None for text in texts]
