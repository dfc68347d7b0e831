"""`lakekit init`."""

from __future__ import annotations

from pathlib import Path

from lakekit.demo.scaffold import example
from lakekit.project import load


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_new_project_can_be_read(lakekit, tmp_path: Path) -> None:
    ended = lakekit("init", str(tmp_path / "shop"))
    assert ended.code == 0
    settings = load(tmp_path / "shop", None, {})
    assert set(settings.sources) == {
        "bronze.orders",
        "bronze.customers",
        "bronze.products",
        "bronze.behavior",
    }
    for name in files(tmp_path / "shop"):
        assert name in ended.out


def test_what_runs_make_is_ignored_by_version_control(lakekit, tmp_path: Path) -> None:
    lakekit("init", str(tmp_path))
    settings = load(tmp_path, None, {})
    ignored = (tmp_path / ".gitignore").read_text().splitlines()
    assert f"/{Path(settings.lake).relative_to(tmp_path.resolve())}/" in ignored
    assert "/.lakekit/" in ignored


def test_files_of_others_are_left_alone(lakekit, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert lakekit("init", str(tmp_path)).code == 0
    assert (tmp_path / "README.md").read_text() == "mine"


def test_nothing_is_written_where_a_file_is_in_the_way(lakekit, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine")
    ended = lakekit("init", str(tmp_path))
    assert ended.code == 2
    assert ".gitignore" in ended.err
    assert files(tmp_path) == {".gitignore"}


def test_a_folder_with_a_project_of_another_shape_is_refused(lakekit, tmp_path: Path) -> None:
    (tmp_path / "lakekit.yaml").write_text("lake: ./lake\n")
    assert lakekit("init", str(tmp_path)).code == 2
    assert files(tmp_path) == {"lakekit.yaml"}


def test_a_folder_that_cannot_be_written_to_is_told(lakekit, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = lakekit("init", str(tmp_path / "file" / "below"))
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert files(tmp_path) == {"file"}


def test_the_example_has_one_row_that_is_rejected() -> None:
    reasons = [record.reason for delivery in example().deliveries for record in delivery.records if record.reason]
    assert reasons == [("cast_failed", "amount")]
