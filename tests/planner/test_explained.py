"""What a brief asks to explain is the line of its film: the question, without whom it is explained to."""

from __future__ import annotations

import pytest

from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import read_brief


@pytest.mark.parametrize(
    ("brief", "line"),
    [
        ("explain how tides work to 10 year olds", "how tides work"),
        ("Please explain why the sky is blue for kids, 30 seconds", "why the sky is blue"),
        (
            "Erkläre in einfachen Worten, wie eine Wärmepumpe funktioniert. Zielgruppe: Hausbesitzer über 50.",
            "wie eine Wärmepumpe funktioniert",
        ),
        ("Explique comment fonctionne une éolienne, 40 secondes", "comment fonctionne une éolienne"),
        ("Explica cómo se hace el queso de cabra", "cómo se hace el queso de cabra"),
        ("Leg uit hoe een sluis werkt voor kinderen", "hoe een sluis werkt"),
    ],
)
def test_the_question_is_the_line(brief: str, line: str) -> None:
    facts = read_brief(brief)
    shown = [screen.text for screen in draft_facts(facts).screens]
    assert line in shown and facts.name is None
    assert not any(word in one for one in shown for word in ("year olds", "kids", "kinderen", "Worten"))


def test_nothing_is_explained_where_the_word_asks_for_nothing() -> None:
    shown = [
        screen.text for screen in draft_facts(read_brief("Our guide explains what to pack. Ridge Walks, £12")).screens
    ]
    assert "what to pack" not in shown
