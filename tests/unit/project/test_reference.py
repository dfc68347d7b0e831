"""The reference project is a project, in every environment, and is what a new one begins with."""

from __future__ import annotations

from pathlib import Path

from lakekit.project import load, reference
from lakekit.project.model import LoadType

ROOT = Path(__file__).parents[3]
ENV = {"LAKEKIT_BUCKET": "a-bucket", "LAKEKIT_EXPORTS": "/exports"}
DATASETS = ["bronze.orders", "bronze.customers", "bronze.products", "bronze.behavior"]


def test_it_is_every_settings_file_of_the_repository():
    files = {path for path in (ROOT / "config").rglob("*") if path.is_file()}
    assert reference() == {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


def test_a_project_that_begins_with_it_loads(tmp_path):
    for file, text in reference().items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    settings = load(tmp_path, None, {})
    assert (settings.environment, settings.lake) == ("dev", str(tmp_path.resolve() / "lake"))
    assert list(settings.sources) == DATASETS
    orders = settings.sources["bronze.orders"]
    assert (orders.load_type, orders.watermark_column, orders.lookback) == (
        LoadType.INCREMENTAL,
        "updated_at",
        "3d",
    )
    assert all(source.checks for source in settings.sources.values())


def test_production_has_the_same_datasets_under_the_same_contracts():
    dev, prod = load(ROOT, "dev", {}), load(ROOT, "prod", ENV)
    assert prod.lake == "s3://a-bucket/retail"
    assert {d: s.contract for d, s in prod.sources.items()} == {d: s.contract for d, s in dev.sources.items()}
    assert {d: s.load_type for d, s in prod.sources.items()} == {d: s.load_type for d, s in dev.sources.items()}


def test_personal_columns_of_customers_are_marked():
    customers = load(ROOT, "dev", {}).sources["bronze.customers"].contract
    assert customers.personal == {"name", "email", "phone", "birth_date", "_extra"}
