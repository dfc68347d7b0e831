"""What a contract file means, and what each slip in it is told as."""

from __future__ import annotations

import pytest

from lakekit.domain.contract import Column
from lakekit.domain.notation import PLAIN, Notation, Special
from lakekit.domain.types import ColumnType, Kind

FILE = "config/schema_definitions/events.schema.json"
DEV = "config/dev.yaml"


@pytest.fixture(autouse=True)
def _full_load(project):
    project.write(DEV, "lake: a\nsources: {events: {load_type: full}}")


def with_columns(*columns: str, keys: str = "[]") -> str:
    return f'{{"name": "events", "keys": {keys}, "columns": [\n' + ",\n".join(columns) + "\n]}"


def column(rest: str, type_: str = "long") -> str:
    return with_columns(f'{{"name": "a", "type": "{type_}", {rest}}}')


def test_every_key_of_a_column_arrives(project):
    project.write(
        FILE,
        with_columns(
            '{"name": "a", "type": "decimal(10, 2)", "required": true, "min": "0", "max": 100000,'
            ' "null_markers": ["", "NA"], "description": "the a"}',
            '{"name": "b", "type": "string", "allowed": ["new", "paid"], "default": "new", "pattern": "[a-z]+"}',
            '{"name": "c", "type": "boolean", "default": true, "pii": "health"}',
            keys='["b", "a"]',
        ),
    )
    contract = project.load().sources["bronze.events"].contract
    assert contract.keys == ("b", "a")
    assert contract.columns == (
        Column(
            "a",
            ColumnType(Kind.DECIMAL, 10, 2),
            required=True,
            minimum="0",
            maximum="100000",
            null_markers=("", "NA"),
            description="the a",
        ),
        Column("b", ColumnType(Kind.STRING), allowed=("new", "paid"), default="new", pattern="[a-z]+"),
        Column("c", ColumnType(Kind.BOOLEAN), default="true", pii="health"),
    )


def test_numbers_keep_their_own_spelling(project):
    spelled = "12345678901234567890.10"
    project.write(FILE, column(f'"min": {spelled}, "allowed": [{spelled}]', "decimal(38,2)"))
    (made,) = project.load().sources["bronze.events"].contract.columns
    assert (made.minimum, made.allowed) == (spelled, (spelled,))


def test_tabs_and_escapes_are_json_s_own(project):
    project.write(FILE, '{\t"name":\t"events",\r\n"columns": [{"name": "\\u00e9\\"", "type": "string"}]}')
    assert project.load().sources["bronze.events"].contract.columns[0].name == 'é"'


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("config.syntax", '{"name": "events",‸}'),
        ("config.syntax", '{"name": "events" ‸"columns": []}'),
        ("config.syntax", "‸name: events"),
        ("config.syntax", '{"name": "events", "columns": [‸NaN]}'),
        ("config.syntax", '{"name": "events", "columns": [‸-Infinity]}'),
        ("config.empty", "‸"),
        ("config.empty", "‸ \n\t\n"),
        ("config.wrong_type", "‸[]"),
        ("config.wrong_type", "‸null"),
        ("config.duplicate_key", '{"name": "events",\n  ‸"name": "events"}'),
        ("config.unknown_key", '{"name": "events",\n  ‸"colums": []}'),
        ("config.missing_key", '‸{"columns": [{"name": "a", "type": "long"}]}'),
        ("config.missing_key", '‸{"name": "events"}'),
        ("config.bad_value", '{"name": ‸"orders", "columns": []}'),
        ("config.wrong_type", '{"name": ‸5, "columns": []}'),
        ("config.wrong_type", '{"name": "events", "description": ‸5, "columns": []}'),
        ("contract.no_columns", '{"name": "events",\n ‸"columns": []}'),
        ("config.wrong_type", '{"name": "events", "columns": [‸"a"]}'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(project, code, text):
    assert project.error_at_mark(FILE, text).code == code


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("config.unknown_key", '‸"minimum": 1'),
        ("config.wrong_type", '"required": ‸"true"'),
        ("config.wrong_type", '"required": ‸1'),
        ("config.no_value", '"min": ‸null'),
        ("config.wrong_type", '‸"min": [1]'),
        ("contract.bad_literal", '"min": ‸"one"'),
        ("contract.bad_literal", '"max": ‸1.5'),
        ("contract.bad_literal", '"max": ‸1e3'),
        ("contract.bad_literal", '"max": ‸9223372036854775808'),
        ("contract.bad_literal", '"default": ‸true'),
        ("contract.bad_literal", '"allowed": [1,\n  ‸"x"]'),
        ("config.wrong_type", '‸"allowed": []'),
        ("config.wrong_type", '"allowed": ‸1'),
        ("contract.bad_limits", '"min": ‸10, "max": 9'),
        ("contract.bad_default", '"min": 5, "default": ‸4'),
        ("contract.bad_default", '"max": 5, "default": ‸10'),
        ("contract.bad_default", '"allowed": [1, 2], "default": ‸3'),
        ("contract.bad_default", '"pattern": "[0-9]{2}", "default": ‸3'),
        ("config.wrong_type", '"null_markers": ‸""'),
        ("config.wrong_type", '"null_markers": [‸0]'),
        ("config.wrong_type", '"pii": ‸true'),
        ("config.bad_value", '"pii": ‸""'),
        ("contract.bad_pattern", '"pattern": ‸"(?=x)"'),
        ("config.wrong_type", '"description": ‸7'),
        ("config.wrong_type", '"trim": ‸"yes"'),
        ("contract.meaningless_key", '‸"nan": "keep"'),
        ("contract.meaningless_key", '‸"infinity": "keep"'),
    ],
)
def test_a_mistake_in_a_column_is_told_where_it_stands(project, code, rest):
    assert project.error_at_mark(FILE, column(rest)).code == code


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("contract.bad_type", ['{"name": "a", "type": ‸"int64"}']),
        ("contract.bad_type", ['{"name": "a", "type": ‸"decimal(39,2)"}']),
        ("contract.bad_type", ['{"name": "a", "type": ‸"decimal(2,3)"}']),
        ("contract.bad_type", ['{"name": "a", "type": ‸"decimal"}']),
        ("config.missing_key", ['‸{"name": "a"}']),
        ("config.missing_key", ['‸{"type": "long"}']),
        ("config.bad_value", ['{"name": ‸"", "type": "long"}']),
        ("config.bad_value", ['{"name": ‸" ", "type": "long"}']),
        ("contract.bad_name", ['{"name": ‸"_a", "type": "long"}']),
        ("contract.bad_name", ['{"name": ‸"a\\nb", "type": "long"}']),
        ("contract.bad_name", ['{"name": ‸"a\\u0085b", "type": "long"}']),
        ("contract.bad_name", [f'{{"name": ‸"{"a" * 256}", "type": "long"}}']),
        ("contract.duplicate_column", ['{"name": "a", "type": "long"}', '{"name": ‸"a", "type": "long"}']),
        ("contract.duplicate_column", ['{"name": "ID", "type": "long"}', '{"name": ‸"id", "type": "long"}']),
    ],
)
def test_a_mistake_among_columns_is_told_where_it_stands(project, code, columns):
    assert project.error_at_mark(FILE, with_columns(*columns)).code == code


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("config.unknown_column", '["a", ‸"aa"]'),
        ("config.bad_value", '["a", ‸"a"]'),
        ("config.wrong_type", '‸"a"'),
        ("config.wrong_type", "[‸1]"),
    ],
)
def test_a_mistake_among_keys_is_told_where_it_stands(project, code, keys):
    assert project.error_at_mark(FILE, with_columns('{"name": "a", "type": "long"}', keys=keys)).code == code


def test_half_characters_and_nul_are_refused_where_they_stand(project):
    for escape in ("\\ud800", "\\u0000"):
        text = with_columns(f'{{"name": ‸"a{escape}", "type": "long"}}')
        assert project.error_at_mark(FILE, text).code == "config.bad_character"


def test_limits_compare_as_values_and_not_as_texts(project):
    project.write(FILE, column('"min": 9, "max": 10, "default": 9'))
    (made,) = project.load().sources["bronze.events"].contract.columns
    assert (made.minimum, made.maximum, made.default) == ("9", "10", "9")


def test_brackets_without_end_are_refused_and_not_followed(project):
    project.write(FILE, "[" * 100_000)
    assert project.error().code in ("config.syntax", "config.too_deep")
    project.write(FILE, "[" * 100_000 + "]" * 100_000)
    assert project.error().code == "config.too_deep"
    project.write(FILE, "[" * 40 + "]" * 40)
    assert project.error().where == f"{FILE}:1:34"


def with_notation(told: str, *columns: str) -> str:
    return f'{{"name": "events", "notation": {told},\n"columns": [\n' + ",\n".join(columns) + "\n]}"


def test_what_all_columns_share_is_said_once_and_a_column_s_own_word_goes_first(project):
    project.write(
        FILE,
        with_notation(
            '{"trim": true, "nan": "null", "null_markers": ["-"]}',
            '{"name": "a", "type": "double", "nan": "keep", "infinity": "keep"}',
            '{"name": "b", "type": "string", "trim": false, "null_markers": [""]}',
        ),
    )
    a, b = project.load().sources["bronze.events"].contract.columns
    assert a.notation == Notation(trim=True, nan=Special.KEEP, infinity=Special.KEEP)
    assert (b.notation, a.null_markers, b.null_markers) == (PLAIN, ("-",), ("",))


def test_a_mistake_in_the_notation_is_told_where_it_stands(project):
    column = '{"name": "a", "type": "double"}'
    assert project.error_at_mark(FILE, with_notation('{‸"pattern": "x"}', column)).code == "config.unknown_key"
    assert project.error_at_mark(FILE, with_notation('{"nan": ‸"drop"}', column)).code == "config.bad_value"


def test_a_contract_that_says_nothing_of_notation_keeps_its_version(project):
    told = column('"min": 5')
    project.write(FILE, told)
    before = project.load().sources["bronze.events"].contract.version
    project.write(FILE, column('"min": 5, "trim": false'))
    assert project.load().sources["bronze.events"].contract.version == before == "e4b62e8837ad"
    project.write(FILE, column('"min": 5, "trim": true'))
    assert project.load().sources["bronze.events"].contract.version != before


def test_formats_and_separators_are_read_with_the_columns_that_they_suit(project):
    columns = (
        '{"name": "a", "type": "decimal(9,2)"}',
        '{"name": "b", "type": "date", "format": "%d.%m.%Y"}',
        '{"name": "c", "type": "timestamp", "format": ["%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z"]}',
        '{"name": "d", "type": "long", "thousands_separator": " "}',
    )
    project.write(FILE, with_notation('{"decimal_separator": ",", "thousands_separator": "."}', *columns))
    a, b, c, d = project.load().sources["bronze.events"].contract.columns
    assert (a.notation.decimal_separator, a.notation.thousands_separator) == (",", ".")
    assert b.notation == Notation(format=("%d.%m.%Y",))
    assert c.notation.format == ("%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z")
    assert (d.notation.decimal_separator, d.notation.thousands_separator) == (",", " ")


@pytest.mark.parametrize(
    ("type_", "told", "code"),
    [
        *[("date", f'"format": ‸"{wrong}"', "contract.bad_format") for wrong in ("%d.%m.", "%Q", "%d.%m.%Y %H", "")],
        *[("date", f'"format": ‸"{wrong}"', "contract.bad_format") for wrong in ("%d.%m.%Y%", "%d.%m.%Y.%y", "%j.%Y")],
        ("timestamp", '"format": ‸"%d.%m.%Y %I:%M"', "contract.bad_format"),
        ("timestamp", '"format": ‸"%d.%m.%Y %M"', "contract.bad_format"),
        ("timestamp", '"format": ["%Y%m%d", ‸"%S"]', "contract.bad_format"),
        ("string", '‸"format": "%d.%m.%Y"', "contract.meaningless_key"),
        ("date", '‸"thousands_separator": "."', "contract.meaningless_key"),
        ("long", '"thousands_separator": ‸"."', "contract.bad_notation"),
        ("long", '"decimal_separator": ‸"5"', "contract.bad_notation"),
        ("long", '"decimal_separator": ‸""', "contract.bad_notation"),
        ("long", '"decimal_separator": ‸",,"', "contract.bad_notation"),
        *[
            ("timestamp", f'"zone": ‸"{wrong}"', "contract.bad_zone")
            for wrong in ("Europe/Berln", "CEST", "", "+01:00")
        ],
        *[
            ("timestamp", f'"zone": ‸"{wrong}"', "contract.bad_zone")
            for wrong in ("localtime", "../x", "europe/berlin")
        ],
        ("timestamp", '"zone": ‸1', "config.wrong_type"),
        ("date", '‸"zone": "Europe/Berlin"', "contract.meaningless_key"),
        ("array<timestamp>", '‸"zone": "Europe/Berlin"', "contract.meaningless_key"),
    ],
)
def test_a_way_of_writing_that_cannot_be_is_told_where_it_stands(project, type_, told, code):
    text = f'{{"name": "events", "columns": [{{"name": "a", "type": "{type_}", {told}}}]}}'
    assert project.error_at_mark(FILE, text).code == code


def test_a_zone_goes_for_timestamps_alone_and_changes_the_version(project):
    columns = ['{"name": "a", "type": "timestamp"}', '{"name": "b", "type": "date"}']
    columns.append('{"name": "c", "type": "timestamp", "zone": "Asia/Gaza"}')
    project.write(FILE, with_notation('{"trim": false}', *columns))
    before = project.load().sources["bronze.events"].contract.version
    project.write(FILE, with_notation('{"zone": "Europe/Berlin"}', *columns))
    contract = project.load().sources["bronze.events"].contract
    assert [column.notation.zone for column in contract.columns] == ["Europe/Berlin", "", "Asia/Gaza"]
    assert contract.version != before


def test_a_zone_that_is_nearly_one_is_told(project):
    column = '{"name": "a", "type": "timestamp"}'
    error = project.error_at_mark(FILE, with_notation('{"zone": ‸"Europe/Berln"}', column))
    assert "did you mean 'Europe/Berlin'?" in error.next


NESTED = ("binary", "array<int>", "map<string,int>", "struct<a:int>")


@pytest.mark.parametrize("type_", NESTED)
def test_nested_and_binary_columns_are_read(project, type_):
    project.write(FILE, with_columns(f'{{"name": "a", "type": "{type_}", "required": true, "null_markers": ["-"]}}'))
    (made,) = project.load().sources["bronze.events"].contract.columns
    assert (str(made.type), made.required, made.null_markers) == (type_, True, ("-",))


@pytest.mark.parametrize("type_", NESTED)
@pytest.mark.parametrize("rule", ['"pattern": ".*"', '"min": 1', '"max": 1', '"allowed": ["1"]', '"default": "[]"'])
def test_what_compares_a_value_with_a_literal_is_refused_for_nested_and_binary_columns(project, type_, rule):
    text = with_columns(f'{{"name": "a", "type": "{type_}", ‸{rule}}}')
    assert project.error_at_mark(FILE, text).code == "contract.meaningless_key"


@pytest.mark.parametrize("type_", NESTED[1:])
@pytest.mark.parametrize("key", ['"trim": true', '"format": "%Y"', '"nan": "keep"'])
def test_nested_columns_have_no_notation_of_their_own(project, type_, key):
    text = with_columns(f'{{"name": "a", "type": "{type_}", ‸{key}}}')
    assert project.error_at_mark(FILE, text).code == "contract.meaningless_key"


@pytest.mark.parametrize("type_", NESTED)
def test_nested_and_binary_columns_name_no_row(project, type_):
    text = with_columns(f'{{"name": "a", "type": "{type_}"}}', keys='[‸"a"]')
    assert project.error_at_mark(FILE, text).code == "contract.bad_key"


def test_a_type_within_another_is_told_where_it_stands(project):
    text = with_columns('{"name": "a", "type": ‸"array<struct<x:int64>>"}')
    error = project.error_at_mark(FILE, text)
    assert error.code == "contract.bad_type"
    assert "unknown type 'int64'" in str(error.why)
