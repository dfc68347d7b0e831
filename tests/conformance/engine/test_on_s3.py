"""What Spark lacks to reach a bucket is told."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from attrs import evolve
from sqlglot import exp

from lakekit.domain.errors import LakekitError
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine, Input
from lakekit.sql.tree import table
from tests import clusters
from tests.servers import SECRET_KEY, Server
from tests.spark import ON_S3


def failure(address: str, lake: str, folder: Path) -> LakekitError:
    """Of a query on a file in the bucket, by the Connect server at `address`."""
    context = Context(folder, lake, folder / "private", {"remote": address})
    storage = load_plugins().storage(context)
    pl.DataFrame({"a": ["hunter2"]}).write_parquet(folder / "a.parquet")
    storage.take({"bronze/a.parquet": folder / "a.parquet"})
    engine: Engine = load_plugins().make(Port.ENGINE, "spark", evolve(context, storage=storage))
    try:
        query = exp.Select(expressions=[exp.Star()]).from_(table("t"))
        with pytest.raises(LakekitError) as caught:
            engine.rows(query, {"t": Input((storage.address("bronze/a.parquet"),))})
    finally:
        engine.close()
    assert SECRET_KEY not in "".join(caught.value.lines())
    return caught.value


@pytest.mark.spark_s3
@ON_S3[1]
def test_a_server_without_the_file_system_is_told_with_what_to_give_it(
    connect: clusters.Server, s3_lakes: str, tmp_path: Path
) -> None:
    told = failure(connect.address, s3_lakes, tmp_path)
    assert (told.code, "hadoop-aws:3.5.0" in told.next) == ("engine.no_s3a", True)


@pytest.mark.spark_s3
@ON_S3[1]
def test_a_server_without_credentials_is_told_as_any_storage_is(
    s3a_jars: str, s3_server: Server, s3_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    with clusters.connect_server(tmp_path, **{"spark.driver.extraClassPath": s3a_jars}) as server:
        for name, value in s3_server.environment.items():
            monkeypatch.setenv(name, value)
        assert failure(server.address, f"{s3_bucket}/x", tmp_path).code == "storage.no_credentials"
