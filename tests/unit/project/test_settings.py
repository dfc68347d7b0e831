"""What the settings of an environment mean, and what each slip in them is told as."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from lakekit.domain.alert import AlertKind
from lakekit.domain.names import Dataset
from lakekit.domain.table_options import TableOptions
from lakekit.domain.watermark import NullWatermark
from lakekit.project.model import EngineSettings, LoadType

DEV = "config/dev.yaml"


def with_source(lines: str, head: str = "lake: ./lake\n") -> str:
    return f"{head}sources:\n  events:\n" + "".join(f"    {line}\n" for line in lines.splitlines())


def test_a_source_has_the_defaults_that_the_guide_states(project):
    project.write(DEV, "lake: ./lake\nsources:\n  events: {load_type: full}\n")
    settings = project.load()
    source = settings.sources["bronze.events"]
    assert source.dataset == Dataset("bronze", "events")
    assert (source.adapter, source.load_type) == ("files", LoadType.FULL)
    assert (source.contract.name, source.contract.keys) == ("events", ("id",))
    assert (source.watermark_column, source.watermark_state_key, source.lookback) == (None, "live", None)
    assert (source.checks, dict(source.options)) == ((), {})
    assert settings.engine == EngineSettings("embedded", None, None)
    assert (settings.state, settings.lease_seconds) == ("sqlite", 60.0)
    assert (settings.lineage, settings.metrics, settings.environment) == (None, "jsonl", "dev")
    assert (settings.alerts, settings.alerts_on) == (None, frozenset(AlertKind))
    assert settings.root == project.root.resolve()


def test_every_key_of_a_source_arrives(project):
    lines = """\
adapter: ware-house
load_type: incremental
watermark_column: at
watermark_state_key: night
lookback: 36h
contract: events
keys: [id, day]
schema: sales"""
    project.write(DEV, with_source(lines).replace("events:\n", "bronze.clicks:\n", 1))
    source = project.load().sources["bronze.clicks"]
    assert source.adapter == "ware-house"
    assert (source.watermark_column, source.watermark_state_key, source.lookback) == ("at", "night", "36h")
    assert (source.contract.name, source.contract.keys) == ("events", ("id", "day"))
    assert source.options == {"schema": "sales"}


def test_environment_wide_keys_arrive(project):
    project.write(
        DEV,
        """\
lake: s3://a-bucket/some/prefix/
engine: {name: spark, memory: 1.5GB, threads: 2}
state: dynamo
lease_seconds: 0.5
lineage: {adapter: openlineage, path: out/lineage.jsonl}
metrics: none
alerts: {adapter: webhook, url: "https://x", on: [held, failed]}
sources: {}
""",
    )
    settings = project.load()
    assert settings.lake == "s3://a-bucket/some/prefix"
    assert settings.engine == EngineSettings("spark", "1.5GB", 2)
    assert (settings.state, settings.lease_seconds) == ("dynamo", 0.5)
    assert (settings.lineage, settings.lineage_options) == ("openlineage", {"path": "out/lineage.jsonl"})
    assert (settings.metrics, settings.metrics_options) == (None, {})
    assert (settings.alerts, settings.alerts_options) == ("webhook", {"url": "https://x"})
    assert settings.alerts_on == {AlertKind.HELD, AlertKind.FAILED}


def test_an_engine_has_options_of_its_own(project):
    project.write(DEV, "lake: a\nengine: {name: spark, master: yarn, conf: {spark.yarn.queue: nightly}}")
    engine = project.load().engine
    assert engine.options == {"master": "yarn", "conf": {"spark.yarn.queue": "nightly"}}
    assert (engine.memory, engine.threads) == (None, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("1e3", "1e3"),
        ("0755", "0755"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("0x1F", "0x1F"),
        ('"5"', "5"),
        ('"true"', "true"),
        ("true", True),
        ("false", False),
        ("5", 5),
        ("-5", -5),
        ("2.50", 2.5),
        ("~", None),
        ('""', ""),
        ("[1, x, {a: no}]", [1, "x", {"a": "no"}]),
    ],
)
def test_options_reach_the_adapter_without_guesses(project, written, meant):
    project.write(DEV, with_source(f"load_type: full\nfree: {written}"))
    option = project.load().sources["bronze.events"].options["free"]
    assert (option, type(option)) == (meant, type(meant))


def test_texts_that_yaml_would_turn_into_something_else_stay_texts(project):
    project.write(DEV, with_source("load_type: full\nadapter: no\nwatermark_state_key: off"))
    source = project.load().sources["bronze.events"]
    assert (source.adapter, source.watermark_state_key) == ("no", "off")


def test_a_relative_lake_lies_in_the_project_and_an_absolute_one_where_it_says(project):
    assert project.load().lake == str(project.root.resolve() / "lake")
    project.write(DEV, "lake: ../elsewhere")
    assert project.load().lake == str(project.root.resolve().parent / "elsewhere")
    project.write(DEV, "lake: /srv/lake/")
    assert project.load().lake == str(Path("/srv/lake"))


def test_sources_can_be_put_into_a_set(project):
    (source,) = project.load().sources.values()
    assert {source, source} == {source}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("config.unknown_key", "lake: ./lake\n‸sorces: {}"),
        ("config.unknown_key", "lake: ./lake\n‸environment: dev"),
        ("config.missing_key", "‸sources: {}"),
        ("config.no_value", "lake:‸"),
        ("config.bad_value", "lake: ‸' '"),
        ("config.bad_value", "lake: ‸gs://bucket/x"),
        ("config.bad_value", "lake: ‸s3://bucket/../other"),
        ("config.bad_value", "lake: ‸s3://B_U"),
        ("config.bad_value", "lake: ‸file:///data"),
        ("config.bad_value", "lake: ‸~/lake"),
        ("config.wrong_type", "‸lake: [a]"),
        ("config.wrong_type", "‸- lake: x"),
        ("config.wrong_type", "‸just words"),
        ("config.duplicate_key", "lake: a\n‸lake: b"),
        ("config.wrong_type", "lake: a\nlease_seconds: ‸soon"),
        ("config.bad_value", "lake: a\nlease_seconds: ‸0"),
        ("config.bad_value", "lake: a\nlease_seconds: ‸1e9"),
        ("config.wrong_type", "lake: a\nlease_seconds: ‸.nan"),
        ("config.bad_value", "lake: a\nengine: ‸Duck DB"),
        ("config.bad_value", "lake: a\nengine: {memory: ‸2 gigs}"),
        ("config.bad_value", "lake: a\nengine: {threads: ‸0}"),
        ("config.bad_value", "lake: a\nengine: {threads: ‸1.5}"),
        ("config.unknown_key", "lake: a\nengine: {memory: 2GB, ‸thread: 2}"),
        ("config.missing_key", "lake: a\n‸lineage: {path: x}"),
        ("config.missing_key", "lake: a\n‸alerts: {on: [failed]}"),
        ("config.bad_value", "lake: a\nalerts: {adapter: jsonl, on: [‸fail]}"),
        ("config.wrong_type", "lake: a\nalerts: {adapter: jsonl, on: ‸failed}"),
        ("config.bad_value", "lake: a\nalerts: {adapter: jsonl, ‸on: []}"),
        ("config.literal_secret", "lake: a\nalerts: {adapter: webhook, token: ‸hunter2}"),
        ("config.wrong_type", "lake: a\nsources:‸ "),
        ("config.wrong_type", "lake: a\n‸sources: [orders]"),
        ("config.bad_dataset", "lake: a\nsources:\n  ‸Orders: {load_type: full}"),
        ("config.bad_dataset", "lake: a\nsources:\n  ‸../orders: {load_type: full}"),
        ("config.bad_dataset", "lake: a\nsources:\n  ‸silver.orders: {load_type: full}"),
        ("config.duplicate_key", "lake: a\nsources:\n  events: {load_type: full}\n  ‸bronze.events: {}"),
        ("config.wrong_type", "lake: a\nsources:\n  events: ‸files"),
        ("config.missing_key", "lake: a\nsources:\n  ‸events:\n    path: x"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(project, code, text):
    assert project.error_at_mark(DEV, text).code == code


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("config.bad_value", "load_type: ‸incremental_load"),
        ("config.no_value", "load_type:‸"),
        ("config.unknown_key", "load_type: incremental\n‸watermark_colum: at"),
        ("config.unknown_key", "load_type: full\n‸adaptor: files"),
        ("config.bad_value", "load_type: full\nadapter: ‸../files"),
        ("config.unknown_column", "load_type: incremental\nwatermark_column: ‸att"),
        ("config.unknown_column", "load_type: incremental\nwatermark_column: ‸AT"),
        ("config.bad_watermark", "load_type: incremental\nwatermark_column: ‸mail"),
        ("config.bad_watermark", "load_type: incremental\nwatermark_column: ‸who"),
        ("config.no_effect", "load_type: full\n‸watermark_column: at"),
        ("config.no_effect", "load_type: incremental\n‸lookback: 3d"),
        ("config.unknown_column", "load_type: full\ndelta: {cluster_by: [id, ‸dya]}"),
        ("config.bad_value", "load_type: full\ndelta: {cluster_by: [id, ‸id]}"),
        ("table.bad_cluster_by", "load_type: full\ndelta: {cluster_by: [id, ‸mail]}"),
        ("config.wrong_type", "load_type: full\ndelta: {cluster_by: ‸id}"),
        ("config.bad_lookback", "load_type: incremental\nwatermark_column: at\nlookback: ‸3 days"),
        ("config.bad_lookback", "load_type: incremental\nwatermark_column: at\nlookback: ‸99999999999999d"),
        ("config.bad_lookback", "load_type: incremental\nwatermark_column: day\nlookback: ‸36h"),
        ("config.bad_lookback", "load_type: incremental\nwatermark_column: id\nlookback: ‸3d"),
        ("config.bad_lookback", "load_type: incremental\nwatermark_column: id\nlookback: ‸-5"),
        ("config.bad_lookback", "load_type: incremental\nwatermark_column: amount\nlookback: ‸0.001"),
        ("config.bad_value", "load_type: full\nwatermark_state_key: ‸a/b"),
        ("config.unknown_column", "load_type: full\nkeys: [id, ‸idd]"),
        ("config.bad_value", "load_type: full\nkeys: [id, ‸id]"),
        ("config.wrong_type", "load_type: full\nkeys: ‸id"),
        ("config.no_contract", "load_type: full\ncontract: ‸event"),
        ("config.bad_value", "load_type: full\ncontract: ‸../../secrets"),
        ("config.bad_value", "load_type: full\ncontract: ‸/etc/passwd"),
        ("config.wrong_type", "load_type: full\ndelta: ‸yes"),
        ("config.unknown_key", "load_type: full\ndelta: {‸partition: [day]}"),
        ("config.wrong_type", "load_type: full\ndelta: {partition_by: ‸day}"),
        ("config.unknown_column", "load_type: full\ndelta: {partition_by: [day, ‸dya]}"),
        ("config.bad_value", "load_type: full\ndelta: {partition_by: [day, ‸day]}"),
        ("table.bad_partition", "load_type: full\ndelta: {partition_by: [‸amount]}"),
        ("table.bad_partition", "load_type: full\ndelta: {partition_by: [‸at]}"),
        ("table.bad_partition", "load_type: full\ndelta: {partition_by: [‸who]}"),
        ("table.unreadable_feature", "load_type: full\ndelta: {deletion_vectors: ‸true}"),
        ("table.unreadable_feature", "load_type: full\ndelta: {column_mapping: ‸name}"),
        ("config.wrong_type", "load_type: full\ndelta: {constraints: ‸1}"),
        ("config.bad_value", "load_type: full\ndelta: {log_retention: ‸month}"),
        ("config.bad_value", "load_type: full\ndelta: {file_retention: ‸167h}"),
    ],
)
def test_a_mistake_in_a_source_is_told_where_it_stands(project, code, lines):
    assert project.error_at_mark(DEV, with_source(lines)).code == code


@pytest.mark.parametrize("type_", ["binary", "array<int>", "map<string,int>", "struct<a:int>"])
@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("contract.bad_key", "load_type: full\nkeys: [‸items]"),
        ("config.bad_watermark", "load_type: incremental\nwatermark_column: ‸items"),
        ("table.bad_partition", "load_type: full\ndelta: {partition_by: [‸items]}"),
        ("table.bad_cluster_by", "load_type: full\ndelta: {cluster_by: [‸items]}"),
    ],
)
def test_nothing_is_ordered_by_a_nested_or_binary_column(project, type_, code, lines):
    contract = {"name": "events", "columns": [{"name": "items", "type": type_}]}
    project.write("config/schema_definitions/events.schema.json", json.dumps(contract))
    assert project.error_at_mark(DEV, with_source(lines)).code == code


@pytest.mark.parametrize(
    ("column", "lookback"),
    [("at", "36h"), ("at", "0s"), ("day", "2w"), ("day", "48h"), ("id", "10"), ("amount", "0.5")],
)
def test_a_lookback_of_the_column_s_kind_is_kept_as_written(project, column, lookback):
    lines = f"load_type: incremental\nwatermark_column: {column}\nlookback: {lookback}"
    project.write(DEV, with_source(lines))
    assert project.load().sources["bronze.events"].lookback == lookback


ALONG = "load_type: incremental\nwatermark_column: at"


@pytest.mark.parametrize("policy", NullWatermark)
def test_what_becomes_of_rows_without_a_value_in_the_watermark_column_is_read(project, policy):
    project.write(DEV, with_source(f"{ALONG}\nnull_watermark: {policy.value}"))
    assert project.load().sources["bronze.events"].contract.null_watermark is policy


def test_where_the_settings_say_nothing_such_rows_are_rejected_by_a_contract_of_the_same_version(project):
    project.write(DEV, with_source(ALONG))
    silent = project.load().sources["bronze.events"].contract
    versions = set()
    for policy in NullWatermark:
        project.write(DEV, with_source(f"{ALONG}\nnull_watermark: {policy.value}"))
        versions.add(project.load().sources["bronze.events"].contract.version)
    assert silent.null_watermark is NullWatermark.QUARANTINE
    assert silent.version in versions
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("config.no_effect", "load_type: incremental\n‸null_watermark: once"),
        ("config.no_effect", "load_type: full\n‸null_watermark: quarantine"),
        ("config.bad_value", f"{ALONG}\nnull_watermark: ‸onse"),
        ("config.bad_value", f"{ALONG}\nnull_watermark: ‸ONCE"),
        ("config.no_value", f"{ALONG}\nnull_watermark:‸"),
        ("config.wrong_type", f"{ALONG}\n‸null_watermark: [once]"),
        ("config.bad_null_watermark", f"{ALONG}\nkeys: [id, at]\nnull_watermark: ‸once"),
        ("config.bad_null_watermark", "load_type: incremental\nwatermark_column: id\nkeys: []\nnull_watermark: ‸once"),
    ],
)
def test_a_mistake_about_rows_without_a_value_is_told_where_it_stands(project, code, lines):
    assert project.error_at_mark(DEV, with_source(lines)).code == code


@pytest.mark.parametrize("policy", ["quarantine", "stop"])
def test_a_required_watermark_column_may_be_rejected_or_stopped_at(project, policy):
    lines = f"load_type: incremental\nwatermark_column: id\nnull_watermark: {policy}"
    project.write(DEV, with_source(lines))
    assert project.load().sources["bronze.events"].contract.null_watermark.value == policy


def test_a_slip_is_answered_with_the_nearest_key(project):
    error = project.error_at_mark(DEV, with_source("load_type: incremental\n‸watermark_colum: at"))
    assert error.what == "unknown key 'watermark_colum' (did you mean 'watermark_column'?)"


def test_a_contract_that_is_not_there_is_answered_with_the_nearest_one(project):
    error = project.error_at_mark(DEV, with_source("load_type: full\ncontract: ‸evnts"))
    assert "did you mean 'events'?" in error.what
    error = project.error_at_mark(DEV, "lake: a\nsources:\n  ‸clicks: {load_type: full}")
    assert "config/schema_definitions/clicks.schema.json" in error.why


def test_a_watermark_column_with_a_default_is_refused(project):
    contract = '{"name": "events", "columns": [{"name": "at", "type": "date", "default": "2020-01-01"}]}'
    project.write("config/schema_definitions/events.schema.json", contract)
    error = project.error_at_mark(DEV, with_source("load_type: incremental\nwatermark_column: ‸at"))
    assert error.code == "config.bad_watermark"


def test_what_a_table_should_be_is_read(project):
    told = (
        *("partition_by: [day, _run_date]", "cluster_by: [day, at]", "constraints: true", "change_data_feed: false"),
        *("log_retention: 8w", "deletion_vectors: false", "column_mapping: none"),
    )
    project.write(DEV, with_source(f"load_type: full\ndelta: {{{', '.join(told)}}}"))
    table = project.load().sources["bronze.events"].table
    assert table == TableOptions(("day", "_run_date"), ("day", "at"), True, False, timedelta(weeks=8), None)


@pytest.mark.parametrize(
    ("rules", "fits"), [("", True), (', "null_markers": ["-"]', False), (', "default": ""', False)]
)
def test_a_text_partitions_a_table_only_where_it_is_never_empty(project, rules, fits):
    contract = f'{{"name": "events", "columns": [{{"name": "kind", "type": "string"{rules}}}]}}'
    project.write("config/schema_definitions/events.schema.json", contract)
    text = with_source("load_type: full\ndelta: {partition_by: [kind]}")
    project.write(DEV, text)
    if fits:
        assert project.load().sources["bronze.events"].table.partition_by == ("kind",)
    else:
        assert project.error().code == "table.bad_partition"
