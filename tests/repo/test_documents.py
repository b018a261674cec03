"""The set of documents: what a team that ran one of the older systems looks up has its page, and each page is listed.

What this cannot see: whether a page says enough.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reelwright.store.database import database  # noqa: F401  loads all tables
from reelwright.store.schema.columns import metadata

ROOT = Path(__file__).resolve().parents[2]
SUBJECTS = {
    "architecture": ("ARCHITECTURE.md", "The flow of a purchase"),
    "insights": ("docs/adr/0002-own-journal.md", "0002: Our own journal on a database, not a workflow engine"),
    "API": ("docs/guides/server.md", "Films, edits and events"),
    "API of the older systems": ("docs/dialects.md", "What differs"),
    "worker": ("docs/guides/server.md", "Stops and crashes"),
    "schema": ("docs/database.md", "Tables of the database"),
    "deployment checklist": ("deploy/README.md", "Before you let others in"),
}
"""By subject of S3's documents (row S3-41): our page, and a heading of it."""
LINK = re.compile(r"\]\(([^)#:]+?)(?:#[^)]*)?\)")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_has_its_page_and_heading(subject: str) -> None:
    path, heading = SUBJECTS[subject]
    assert re.search(rf"^#+ {re.escape(heading)}$", read(path), re.M)


def test_every_page_is_listed_in_the_readme_of_the_documents() -> None:
    listed = {(ROOT / "docs" / target).resolve() for target in LINK.findall(read("docs/README.md"))}
    pages = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "guides").glob("*.md")} - {ROOT / "docs" / "README.md"}
    assert pages | {ROOT / path for path, _ in SUBJECTS.values() if "/adr/" not in path} <= listed


def test_every_table_is_described_and_no_other() -> None:
    described = re.findall(r"^\| `(\w+)` \|", read("docs/database.md"), re.M)
    assert sorted(described) == sorted(metadata.tables)


def test_a_heading_that_a_link_names_exists() -> None:
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "deploy" / "README.md", ROOT / "README.md"]:
        bare = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.S)
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", bare):
            other = (page.parent / target).resolve() if target else page
            assert anchor in anchors(other), f"{page.name}: {target}#{anchor}"


def test_no_page_and_no_help_calls_an_older_system_by_its_number() -> None:
    """CONTRIBUTING.md says which system a number of ``rows.yaml`` means; S3 beside "store" or "bucket" is Amazon's."""
    texts = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "deploy" / "README.md"]
    texts += [*(ROOT / "src" / "reelwright" / "cli").glob("*.py"), *(ROOT / "src/reelwright/server").rglob("*.py")]
    called = re.compile(r"\bS[0-4]\b(?!-\d)")
    assert not [
        f"{page.name}: {line.strip()}"
        for page in texts
        for line in page.read_text(encoding="utf-8").splitlines()
        if called.search(line) and not ("S3" in line and re.search("store|bucket|Amazon", line))
    ]


def test_no_page_has_reelwright_installed_from_a_registry() -> None:
    """It is on none yet: an extra is installed from the clone."""
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    wrong = re.compile(r"(pip|uv|pipx)\b[^\n`]*install[^\n`]*['\" ]reelwright\b")
    assert not [page.name for page in pages if wrong.search(page.read_text(encoding="utf-8"))]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_a_number_that_the_architecture_names_stands_in_the_policy_of_that_package() -> None:
    rows = re.findall(r"^\| (.+) \| `(\w+)` \|$", read("ARCHITECTURE.md").partition("Which `policy.py`")[2], re.M)
    assert len(rows) > 5
    for text, package in rows:
        policy = read(f"src/reelwright/{package}/policy.py")
        for name in re.findall(r"`([A-Z_]+)`", text):
            assert re.search(rf"^{name}: Final", policy, re.M), f"{package}: {name}"
