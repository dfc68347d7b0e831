"""Files that are not what they should be: each is told where it stops making sense."""

from __future__ import annotations

import pytest

from lakekit.project.files import MAX_BYTES

DEV = "config/dev.yaml"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("config.empty", "‸"),
        ("config.empty", "‸# only a comment\n"),
        ("config.empty", "‸~\n"),
        ("config.tab", "lake: a\nsources:\n‸\tevents: {}"),
        ("config.tab", "lake:‸\ta"),
        ("config.syntax", "lake: a: ‸b".replace(": ‸", "‸: ")),
        ("config.syntax", "lake: [a\nsources‸: {}"),
        ("config.syntax", "lake: a\n‸--- \nlake: b"),
        ("config.syntax", "lake: ‸@a"),
        ("config.syntax", "lake: a\u0001‸".replace("\u0001‸", "‸\u0001")),
        ("config.syntax", "‸[a, b]: c"),
        ("config.duplicate_key", "lake: a\n‸'lake': b"),
        ("config.unsupported_yaml", "lake: ‸&here a"),
        ("config.unsupported_yaml", "lake: ‸*here"),
        ("config.unsupported_yaml", "lake: ‸!!python/object/apply:os.getcwd []"),
        ("config.unsupported_yaml", "lake: ‸!secret a"),
        ("config.unknown_key", "lake: a\n‸<<: {state: x}"),
        ("config.bad_character", 'lake: ‸"\\ud800"'),
        ("config.bad_character", 'lake: ‸"\\0"'),
        ("config.bad_character", 'lake: a\n‸"\\0": b'),
    ],
)
def test_broken_yaml_is_told_where_it_breaks(project, code, text):
    assert project.error_at_mark(DEV, text).code == code


@pytest.mark.parametrize("text", ['lake: "\\UFFFFFFFF"', "%YAML " + "9" * 5000 + ".1\n---\nlake: a"])
def test_what_the_yaml_scanner_trips_over_is_told_too(project, text):
    project.write(DEV, text)
    assert project.error().code == "config.syntax"


def test_an_alias_bomb_is_refused_at_its_first_anchor(project):
    bomb = "a: ‸&a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True))
    assert project.error_at_mark(DEV, bomb).code == "config.unsupported_yaml"


def test_a_text_that_only_looks_like_an_alias_needs_quotes_and_says_so(project):
    error = project.error_at_mark(DEV, "lake: a\nsources: {events: {load_type: full, path: ‸*.csv}}")
    assert error.code == "config.unsupported_yaml"
    assert "quotes" in error.next


def test_nesting_without_end_is_refused_and_not_followed(project):
    project.write(DEV, "[" * 5000)
    assert project.error().where == f"{DEV}:1:34"


def test_bytes_that_are_not_utf_8_are_told_where_they_stand(project):
    project.write(DEV, "lake: a\n# é ".encode() + "ü: b\n".encode("latin-1"))
    error = project.error()
    assert (error.code, error.where) == ("config.not_utf8", f"{DEV}:2:5")
    project.write(DEV, "lake: a".encode("utf-16"))
    assert project.error().code == "config.not_utf8"


def test_a_byte_order_mark_is_no_part_of_the_text(project):
    project.write(DEV, b"\xef\xbb\xbflake: a\n")
    assert project.load().lake.endswith("/a")


def test_a_file_beyond_all_measure_is_not_read(project):
    project.write(DEV, b"#" * (MAX_BYTES + 1))
    assert project.error().code == "config.too_large"


def test_a_contract_that_is_a_folder_is_no_contract(project):
    project.remove("config/schema_definitions/events.schema.json")
    project.write("config/schema_definitions/events.schema.json/x", "")
    assert project.error().code == "config.no_contract"
