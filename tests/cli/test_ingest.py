"""`lakekit ingest`: what it asks for, and what it tells."""

from __future__ import annotations

import json

from lakekit.domain.batch import Bounds, Counts, FileMark, Mode, ReasonCount, Status
from lakekit.domain.report import DatasetPlan, Ending, Failure, RunReport
from lakekit.domain.suite import Outcome, Severity, Verdict
from lakekit.domain.watermark import Watermark
from lakekit.project.selection import Selection

RUN = "0123456789abcdef0123456789abcdef"
MARK = Watermark("timestamp", "2026-03-02T23:55:01.000000Z")
SHUT = Verdict(
    (
        Outcome("rejected_share", Severity.CRITICAL, False, 0.25),
        Outcome("rows", Severity.CRITICAL, True, 900),
        Outcome("null_share(amount)", Severity.WARNING, False, 0.4),
    )
)

PLAIN = {"full_refresh": False, "fail_fast": False, "at_once": 1}


def test_names_and_upper_bound_are_handed_on(lakekit, fake) -> None:
    app = fake()
    lakekit("ingest", "orders", "bronze.customers", "--until", "2026-03-01", app=app)
    assert app.asked[-1] == ("ingest", Selection(("orders", "bronze.customers")), "2026-03-01", PLAIN)


def test_patterns_exclusions_and_what_they_may_come_to_are_handed_on(lakekit, fake) -> None:
    app = fake()
    words = ("orders", "-s", "bronze.*", "--exclude", "cust*", "--exclude", "x", "--allow-empty", "--fail-fast", "-j3")
    lakekit("ingest", *words, app=app)
    assert app.asked[-1] == (
        "ingest",
        Selection(("orders", "bronze.*"), ("cust*", "x"), True),
        None,
        {**PLAIN, "fail_fast": True, "at_once": 3},
    )


def test_without_names_everything_is_meant(lakekit, fake) -> None:
    app = fake()
    lakekit("ingest", app=app)
    assert app.asked[-1] == ("ingest", Selection(), None, PLAIN)


def test_each_dataset_has_a_line_with_its_books(lakekit, fake, batch) -> None:
    report = RunReport(RUN, (batch(watermark=MARK), batch(dataset="bronze.products", counts=Counts(6, 6))))
    ended = lakekit("ingest", app=fake(report=report))
    title, orders, products = ended.out.splitlines()
    assert title.split() == [
        "dataset",
        "read",
        "published",
        "quarantined",
        "duplicates",
        "watermark",
        "seconds",
    ]
    assert orders.split() == ["bronze.orders", "1,250", "1,200", "40", "10", "2026-03-02T23:55:01Z", "0.41"]
    assert products.split() == ["bronze.products", "6", "6", "0", "0", "-", "0.41"]
    assert ended.code == 0
    assert ended.err == "next: 40 rows were rejected; to see why, run lakekit quarantine show orders\n"


def test_a_failure_is_told_on_stderr_and_the_other_books_on_stdout(lakekit, fake, batch) -> None:
    failure = Failure("source.gone", ("source.gone: no such file", "  next: bring it back"), 1)
    failed = batch(dataset="bronze.products", ending=Ending.FAILED, counts=Counts(), failure=failure)
    ended = lakekit("ingest", app=fake(report=RunReport(RUN, (batch(), failed))))
    assert ended.code == 1
    assert ended.err.splitlines()[:2] == ["bronze.products: source.gone: no such file", "  next: bring it back"]
    assert ended.out.splitlines()[1].startswith("bronze.orders")
    assert ended.out.splitlines()[2].endswith("failed")


def test_a_held_batch_names_its_failed_critical_checks_and_what_to_do(lakekit, fake, batch) -> None:
    ended = lakekit(
        "ingest", app=fake(report=RunReport(RUN, (batch(ending=Ending.HELD, verdict=SHUT, watermark=MARK),)))
    )
    assert ended.code == 3
    assert ended.out.splitlines()[1].split()[5:] == ["-", "0.41", "held"]
    first, check, mend = ended.err.splitlines()
    assert "bronze.orders: batch 3 is held" in first
    assert check.split() == ["rejected_share:", "0.25", "observed"]
    assert mend.endswith("lakekit ingest bronze.orders")


def test_resumed_and_idle_datasets_say_so(lakekit, fake, batch) -> None:
    report = RunReport(RUN, (batch(resumed=True), batch(ending=Ending.NOTHING_NEW, number=None, counts=Counts())))
    _, resumed, idle = lakekit("ingest", app=fake(report=report)).out.splitlines()
    assert resumed.endswith("resumed")
    assert idle.endswith("nothing new")


def test_what_was_not_begun_after_a_failure_says_so(lakekit, fake, batch) -> None:
    report = RunReport(RUN, (batch(), batch(ending=Ending.NOT_RUN, number=None, counts=Counts())))
    assert lakekit("ingest", app=fake(report=report)).out.splitlines()[-1].endswith("not run")


def test_json_is_one_document_with_stable_keys(lakekit, fake, batch) -> None:
    reasons = (ReasonCount("cast_failed", "amount", 40),)
    failure = Failure("lease.held", ("lease.held: another run is at it",), 4)
    report = RunReport(
        RUN,
        (
            batch(watermark=MARK, reasons=reasons, table_version=7, verdict=SHUT),
            batch(ending=Ending.FAILED, number=None, failure=failure),
        ),
    )
    ended = lakekit("ingest", "--json", app=fake(report=report))
    document = json.loads(ended.out)
    assert ended.code == document["exit_code"] == 4
    assert document["run_id"] == RUN
    published, failed = document["datasets"]
    assert published == {
        "dataset": "bronze.orders",
        "ending": "published",
        "batch": 3,
        "read": 1250,
        "published": 1200,
        "quarantined": 40,
        "duplicates": 10,
        "reasons": [{"code": "cast_failed", "column": "amount", "rows": 40}],
        "watermark": {"type": "timestamp", "value": "2026-03-02T23:55:01.000000Z"},
        "table_version": 7,
        "checks": [
            {"check": "rejected_share", "severity": "critical", "passed": False, "observed": 0.25},
            {"check": "rows", "severity": "critical", "passed": True, "observed": 900},
            {"check": "null_share(amount)", "severity": "warning", "passed": False, "observed": 0.4},
        ],
        "resumed": False,
        "seconds": 0.414,
        "failure": None,
        "drift": [],
        "widened": [],
    }
    assert failed["failure"] == {
        "code": "lease.held",
        "lines": ["lease.held: another run is at it"],
        "exit_code": 4,
    }
    assert set(failed) == set(published)


def test_a_dry_run_says_what_would_be_read_and_why_not(lakekit, fake) -> None:
    files = (FileMark("a.csv", 1200, 1), FileMark("b.csv", 300, 1))
    failure = Failure("source.no_files", ("source.no_files: no file is there to read", "  next: put one there"), 1)
    plans = (
        DatasetPlan("bronze.a", Mode.FILES, bounds=Bounds(files)),
        DatasetPlan("bronze.b", Mode.CURSOR, bounds=Bounds(files[:1], MARK)),
        DatasetPlan("bronze.c", Mode.FULL, 4, Status.HELD, Bounds(files)),
        DatasetPlan("bronze.d", Mode.FILES),
        DatasetPlan("bronze.e", Mode.FILES, failure=failure),
    )
    app = fake(plans=plans)
    ended = lakekit("ingest", "--dry-run", "--full-refresh", "--until", "5", app=app)
    assert app.asked[-1] == ("plan", Selection(), "5", True)
    assert [line.split("  ")[0] for line in ended.out.splitlines()[1:]] == [plan.dataset for plan in plans]
    told = [line.split(maxsplit=1)[1] for line in ended.out.splitlines()[1:]]
    assert told[0].split() == ["read", "new", "files", "2", "1.5", "kB", "-", "-"]
    assert told[1].split() == ["read", "new", "rows", "1", "1.2", "kB", "2026-03-02T23:55:01Z", "-"]
    assert told[2].startswith("go on with batch 4")
    assert told[3].startswith("nothing new")
    assert told[4].startswith("fail")
    assert ended.err.splitlines() == ["bronze.e: source.no_files: no file is there to read", "  next: put one there"]
    assert ended.code == 1
    document = json.loads(lakekit("ingest", "--dry-run", "--json", app=app).out)
    assert [d["mode"] for d in document["datasets"]] == ["files", "cursor", "full", None, None]
    assert document["datasets"][1]["from"] == MARK.value
    assert document["datasets"][0]["files"] == ["a.csv", "b.csv"]
