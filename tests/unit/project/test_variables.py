"""`${NAME}` in settings, and the guard that keeps secrets out of them."""

from __future__ import annotations

import pytest

DEV = "config/dev.yaml"
SOURCE = "lake: a\nsources:\n  events:\n    load_type: full\n    "


def options(project, line: str, **env: str) -> object:
    project.write(DEV, SOURCE + line)
    return project.load(env=env).sources["bronze.events"].options


def test_names_are_replaced_anywhere_in_a_value(project):
    assert options(project, "path: ${ROOT}/x/${DAY}.csv", ROOT="/data", DAY="1") == {"path": "/data/x/1.csv"}


def test_a_replaced_value_is_not_looked_at_again(project):
    assert options(project, "path: ${A}", A="${B}") == {"path": "${B}"}


def test_a_doubled_dollar_stands_for_the_characters_themselves(project):
    assert options(project, "path: $${ROOT}/$x/$$/${A}", A="a") == {"path": "${ROOT}/$x/$$/a"}


def test_quotes_decide_whether_a_replaced_value_may_be_a_number(project):
    assert options(project, "port: ${PORT}\n    code: '${PORT}'", PORT="5432") == {
        "port": 5432,
        "code": "5432",
    }


def test_typed_settings_take_their_values_from_the_environment(project):
    project.write(DEV, "lake: ${LAKE}\nengine: {threads: '${N}'}\nlease_seconds: ${S}")
    settings = project.load(env={"LAKE": "/lake", "N": "3", "S": "5"})
    assert (settings.lake, settings.engine.threads, settings.lease_seconds) == ("/lake", 3, 5.0)


def test_keys_are_never_replaced(project):
    error = project.error_at_mark(DEV, "‸${KEY}: a", env={"KEY": "lake"})
    assert error.code == "config.unknown_key"


def test_a_name_that_is_not_set_is_told_where_it_stands(project):
    error = project.error_at_mark(DEV, SOURCE + "path: ‸a/${ROOT}")
    assert (error.code, error.what) == ("config.unset_variable", "ROOT is not set")


@pytest.mark.parametrize("text", ["${", "${}", "${A-B}", "${A:-x}", "${ A }", "${1}"])
def test_what_names_no_variable_is_refused(project, text):
    assert project.error_at_mark(DEV, SOURCE + f"path: ‸'{text}'").code == "config.bad_variable"


def test_a_variable_cannot_bring_in_what_no_text_may_hold(project):
    error = project.error_at_mark(DEV, SOURCE + "path: ‸${A}", env={"A": "x\0y"})
    assert error.code == "config.unset_variable"


def test_an_error_quotes_the_variable_and_not_its_value(project):
    error = project.error_at_mark(DEV, "lake: a\nstate: ‸${STATE}", env={"STATE": "hunter two"})
    assert "${STATE}" in error.what
    assert "hunter" not in "\n".join(error.lines())


@pytest.mark.parametrize(
    "key",
    [
        *(
            "password",
            "PASSWORD",
            "db_password",
            "dbPassword",
            "passwd",
            "pwd",
            "passphrase",
            "secret",
            "token",
        ),
        *(
            "api_key",
            "apikey",
            "api-key",
            "aws_secret_access_key",
            "client_secret",
            "accessToken",
            "credentials",
        ),
        *("account_key", "private_key", "sas_token", "secret_value"),
    ],
)
def test_a_secret_written_out_is_refused_and_not_repeated(project, key):
    error = project.error_at_mark(DEV, SOURCE + f"{key}: ‸hunter2")
    assert error.code == "config.literal_secret"
    assert "hunter2" not in "\n".join(error.lines())


@pytest.mark.parametrize("text", ["user: {password: ‸hunter2}", "tokens: [secret://env/A, ‸hunter2]", "token: ‸${T}"])
def test_a_secret_is_found_wherever_it_hides(project, text):
    error = project.error_at_mark(DEV, SOURCE + text, env={"T": "hunter2"})
    assert error.code == "config.literal_secret"
    assert "hunter2" not in "\n".join(error.lines())


def test_a_secret_is_found_outside_of_sources_and_before_other_mistakes(project):
    text = "lake: a\nengine: {memory: x, password: ‸hunter2}"
    assert project.error_at_mark(DEV, text).code == "config.literal_secret"


@pytest.mark.parametrize("url", ["postgresql://me:hunter2@host/db", "https://:hunter2@host", "s3://key:hunter2@bucket"])
def test_a_password_in_a_url_is_refused_and_not_repeated(project, url):
    error = project.error_at_mark(DEV, SOURCE + f"url: ‸{url}")
    assert error.code == "config.literal_secret"
    assert "hunter2" not in "\n".join(error.lines())


def test_a_reference_to_a_secret_stays_a_reference(project):
    line = "password: secret://env/DB_PASSWORD\n    token: secret://aws/prod/db#password"
    assert options(project, line, DB_PASSWORD="hunter2") == {
        "password": "secret://env/DB_PASSWORD",
        "token": "secret://aws/prod/db#password",
    }


@pytest.mark.parametrize("text", ["secret://", "secret://env", "secret://env/", "secret://env/A B", "secret://ENV/A"])
def test_a_reference_that_leads_nowhere_is_refused(project, text):
    assert project.error_at_mark(DEV, SOURCE + f"user: ‸{text}").code == "config.bad_secret"


def test_keys_that_only_sound_alike_hold_what_they_like(project):
    line = "tokenizer: a\n    primary_key: b\n    secretary: c\n    url: https://host:8080/a@b"
    assert len(options(project, line)) == 4
