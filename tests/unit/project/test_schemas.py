"""JSON Schemas of project files: they accept what the readers accept, and find the slips that an editor can find."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lakekit.cli.main import run
from lakekit.domain.errors import ConfigError
from lakekit.project.contracts import read_contract
from lakekit.project.loading import load
from lakekit.project.reference import reference
from lakekit.project.schemas import SCHEMAS

NAMES = {"dq": "suites", "dq_thresholds": "thresholds"}
FILES = reference()
CONTRACT = json.loads(FILES["config/schema_definitions/orders.schema.json"])
SETTINGS = yaml.safe_load(FILES["config/dev.yaml"])


def validator(name: str) -> Draft202012Validator:
    schema = SCHEMAS[name][1]()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("file", sorted(FILES))
def test_the_reference_project_is_valid(file: str) -> None:
    stem = Path(file).name.partition(".")[0]
    name = "contract" if file.endswith(".json") else NAMES.get(stem, "settings")
    assert list(validator(name).iter_errors(yaml.safe_load(FILES[file]))) == []


def reads(root: Path, contract: Any) -> bool:
    path = root / "config" / "schema_definitions" / "orders.schema.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(contract))
    try:
        read_contract(root, "orders")
    except ConfigError:
        return False
    return True


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))][0 if path else 1 :]


KEYS = ["min", "max", "default", "pattern", "format", "trim", "nan", "zone", "notation"]
KEYS += ["evolution", "keys", "required", "x"]
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        1,
        -1.5,
        "",
        "1",
        "keep",
        "null",
        "long",
        "decimal(5,2)",
        "binary",
        "array<struct<a: int>>",
        "map<int,int>",
        "%Y-%m-%d",
        "Europe/Berlin",
        ["order_id"],
        [],
        {},
        "2026-01-01",
    ]
)


@given(data=st.data())
def test_whatever_contract_is_read_its_schema_accepts(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    changed = copy.deepcopy(CONTRACT)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(changed)))
        node = changed
        for key in way:
            node = node[key]
        if isinstance(node[last], dict) and data.draw(st.booleans()):
            node, last = node[last], data.draw(st.sampled_from(KEYS))
        node[last] = copy.deepcopy(data.draw(VALUES))  # a later change may go into it
    if reads(tmp_path_factory.getbasetemp() / "schemas", changed):
        assert list(validator("contract").iter_errors(changed)) == []


SLIPS = {
    "a key that is misspelt": lambda c: c.update(kyes=["order_id"]),
    "a column's key that is misspelt": lambda c: c["columns"][0].update(requierd=True),
    "a type that there is not": lambda c: c["columns"][0].update(type="integer"),
    "a text where true belongs": lambda c: c["columns"][0].update(required="yes"),
    "no columns": lambda c: c.update(columns=[]),
    "a column without a type": lambda c: c["columns"][0].pop("type"),
    "a policy that there is not": lambda c: c.update(evolution={"new_column": "drop"}),
    "a separator of two characters": lambda c: c["columns"][4].update(decimal_separator=",,"),
    "a zone that is no text": lambda c: c.update(notation={"zone": 1}),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_in_a_contract_are_found_by_schema_and_reader(tmp_path: Path, slip: str) -> None:
    changed = copy.deepcopy(CONTRACT)
    SLIPS[slip](changed)
    assert list(validator("contract").iter_errors(changed)) != []
    assert not reads(tmp_path, changed)


IN_SETTINGS = {
    "a key that is misspelt": lambda s: s.update(lakes="./lake"),
    "a load type that there is not": lambda s: s["sources"]["orders"].update(load_type="delta"),
    "an option of tables that there is not": lambda s: s["sources"]["orders"].update(delta={"partitions": ["x"]}),
    "sources as a list": lambda s: s.update(sources=[]),
    "an engine's key that there is not": lambda s: s.update(engine={"name": "embedded", "ram": "2GB"}),
    "a kind of alert that there is not": lambda s: s.update(alerts={"adapter": "jsonl", "on": ["late"]}),
    "no kind of alert": lambda s: s.update(alerts={"adapter": "jsonl", "on": []}),
    "alerts to nobody": lambda s: s.update(alerts={"on": ["failed"]}),
}


@pytest.mark.parametrize("slip", IN_SETTINGS)
def test_slips_in_settings_are_found_by_schema_and_reader(tmp_path: Path, slip: str) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    changed = copy.deepcopy(SETTINGS)
    IN_SETTINGS[slip](changed)
    (tmp_path / "config" / "dev.yaml").write_text(yaml.safe_dump(changed))
    assert list(validator("settings").iter_errors(changed)) != []
    with pytest.raises(ConfigError):
        load(tmp_path, None, {})


def test_variables_may_stand_for_values_of_the_settings() -> None:
    changed = copy.deepcopy(SETTINGS)
    changed["sources"]["orders"].update(load_type="${HOW}", path="${WHERE}/x.csv")
    changed["alerts"] = {"adapter": "webhook", "url": "secret://env/HOOK", "on": ["failed", "${MORE}"]}
    assert list(validator("settings").iter_errors(changed)) == []


def test_all_schemas_are_written_into_a_folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "schemas"
    assert run(["schema", "--into", str(folder)]) == 0
    assert {path.stem for path in folder.iterdir()} == set(SCHEMAS)
    capfd.readouterr()
    for path in folder.iterdir():
        assert run(["schema", path.stem]) == 0
        assert json.loads(capfd.readouterr().out) == json.loads(path.read_text())


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["schema", "--into", str(tmp_path / "file" / "below")]) == 2
    assert "init.unwritable" in capfd.readouterr().err


def test_a_contract_may_name_its_schema(tmp_path: Path) -> None:
    assert reads(tmp_path, {"$schema": "../schemas/contract.json", **CONTRACT})
