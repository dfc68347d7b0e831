"""Which file holds the settings of an environment."""

from __future__ import annotations

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.project import environments, load

ONE = "lake: {}\nsources: {{}}\n"


def test_dev_is_the_environment_when_nobody_says_otherwise(project):
    project.write("config/prod.yaml", ONE.format("p"))
    assert project.load().environment == "dev"
    assert project.load("prod").lake.endswith("/p")


def test_one_file_is_enough_for_a_project(project):
    project.remove("config/dev.yaml")
    project.write("lakekit.yaml", ONE.format("one"))
    assert project.load().environment == "dev"
    assert project.load("dev").lake.endswith("/one")


def test_the_one_file_says_which_environment_it_is(project):
    project.remove("config/dev.yaml")
    project.write("lakekit.yaml", "environment: prod\n" + ONE.format("one"))
    assert project.load().environment == "prod"
    assert project.error("dev").code == "config.no_environment"


def test_the_one_file_can_choose_among_the_others(project):
    project.write("config/prod.yaml", ONE.format("p"))
    project.write("lakekit.yaml", "environment: prod\n")
    assert project.load().lake.endswith("/p")
    assert project.load("dev").environment == "dev"


def test_other_environments_stand_beside_the_one_file(project):
    project.remove("config/dev.yaml")
    project.write("lakekit.yaml", ONE.format("one"))
    project.write("config/prod.yaml", ONE.format("p"))
    assert project.load().lake.endswith("/one")
    assert project.load("prod").lake.endswith("/p")


def test_an_environment_in_two_files_is_refused(project):
    project.write("lakekit.yaml", ONE.format("one"))
    assert project.error().code == "config.two_files"


def test_a_choice_that_is_no_name_is_told_where_it_stands(project):
    assert project.error_at_mark("lakekit.yaml", "environment: ‸../prod\n").code == "config.bad_value"


@pytest.mark.parametrize("name", ["prd", "dq", "dq_thresholds", "../dev", "/etc/passwd", "x" * 500])
def test_an_environment_that_is_not_there_is_told_with_those_that_are(project, name):
    project.write("config/dq.yaml", "suites: {}")
    error = project.error(name)
    assert (error.code, error.why) == ("config.no_environment", "this project has dev")


def test_a_folder_without_settings_is_no_project(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, None, {})
    assert (caught.value.code, caught.value.next) == ("config.no_project", "lakekit init")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "nowhere", "dev", {})
    assert caught.value.code == "config.no_project"


def test_the_environments_of_a_project_are_its_settings_files(project):
    project.write("config/prod.yaml", ONE.format("p"))
    project.write("config/dq.yaml", "suites: {}")
    project.write("config/Not a name.yaml", "")
    assert environments(project.root) == ("dev", "prod")
