"""Names that cross modules and first sentences of docstrings follow the language rule; its exceptions only shrink."""

from __future__ import annotations

from repo.names import ROOT, SOURCE, VERBS, faults_of

ALLOWED = ROOT / "tests" / "repo" / "names_allowed.txt"
"""What stood when the rule came. A line leaves when its name is mended; none may be added."""


def test_every_name_follows_the_rule_or_stands_on_the_list_of_exceptions() -> None:
    allowed = set(ALLOWED.read_text(encoding="utf-8").splitlines())
    faults = {fault.line: fault for path in SOURCE.rglob("*.py") for fault in faults_of(path)}
    new = [f"{line}: {faults[line].why}" for line in sorted(faults.keys() - allowed)]
    assert not new, "\n".join(["CONTRIBUTING.md, “Language”, says how names are made:", *new])
    mended = sorted(allowed - faults.keys())
    assert not mended, "\n".join(["mended: take these lines out of tests/repo/names_allowed.txt", *mended])


def test_the_verbs_are_sorted_and_each_stands_once() -> None:
    lines = (ROOT / "docs" / "verbs.txt").read_text(encoding="utf-8").split()
    assert lines == sorted(VERBS)
