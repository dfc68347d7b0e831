"""What the documents, and the errors of lakekit, point to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "runbooks", "plugins", "config")
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.md"))})
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
PAGE = re.compile(r"\b(?:docs|runbooks)/[\w./-]+\.md(?:#[\w-]+)?")


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as web views of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def assert_leads_somewhere(start: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (start.parent / path).resolve() if path else start
    assert target.exists(), f"{start.relative_to(ROOT)}: {link}"
    assert not anchor or anchor in anchors(target), f"{start.relative_to(ROOT)}: {link}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text("utf-8"))
    for link in links:
        if not link.startswith(("https://", "mailto:")):
            assert_leads_somewhere(document, link)


def test_pages_named_by_errors_and_comments_exist() -> None:
    sources = [*(ROOT / "lakekit").rglob("*.py"), *(ROOT / "adapters").rglob("*.py"), ROOT / "noxfile.py"]
    named = {(source, page) for source in sources for page in PAGE.findall(source.read_text("utf-8"))}
    assert named
    for _, page in sorted(named):
        assert_leads_somewhere(ROOT / "README.md", page)
