"""How much of a brief stays unused: counted by words and places, in any writing system."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import BadInput
from reelwright.planner.certain.description import describe_facts
from reelwright.planner.reading.read import read_brief
from reelwright.planner.unused import compute_unused_share


def read(text: str, *parts: str) -> dict[str, Any]:
    """As if exactly these parts of the text had been understood."""
    spans = [{"text": part, "start": text.index(part), "end": text.index(part) + len(part)} for part in parts]
    return {"nothing": None, "assumed": {"value": "en", "span": None}, "found": {"span": spans[0], "spans": spans}}


@pytest.mark.parametrize(
    ("text", "parts", "share"),
    [
        ("A lamp called Fenn", ("Fenn",), 3 / 4),
        ("A lamp called Fenn", ("lamp", "Fenn"), 2 / 4),
        ("A lamp called Fenn", ("A lamp called Fenn",), 0),
        ("Order at fenn.example, 20% off", ("fenn.example",), 4 / 5),
        ("Don't call 0800-555", ("0800-555",), 2 / 3),
        ("Лампа «Фен» свети дълго", ("Фен",), 3 / 4),
        ("「ほのか」の菓子", ("ほのか",), 3 / 6),
        ("चाय ब्रांड सवेरा", ("सवेरा",), 2 / 3),
    ],
)
def test_the_share_counts_words_of_which_nothing_was_read(text: str, parts: tuple[str, ...], share: float) -> None:
    assert compute_unused_share(text, read(text, *parts)) == pytest.approx(share)


def test_nothing_understood_is_all_unused_and_a_text_without_words_has_nothing() -> None:
    assert compute_unused_share("A lamp", {}) == 1.0 and compute_unused_share("A lamp", {"language": None}) == 1.0
    assert compute_unused_share("", {}) == compute_unused_share("… !!", {}) == 0.0


def test_a_word_that_was_read_in_part_is_used() -> None:
    assert compute_unused_share("20-second", {"length_ms": {"span": {"start": 0, "end": 2}}}) == 0.0


@given(st.text(max_size=200))
def test_any_text_has_a_share_between_nothing_and_all(text: str) -> None:
    try:
        certain = read_brief(text)
    except BadInput:
        return
    assert 0.0 <= compute_unused_share(text, describe_facts(certain)) <= 1.0


def test_what_is_shown_and_what_is_told_to_the_maker_is_counted_as_read() -> None:
    plain = '30-second ad for "VoltCup", a self-heating travel mug. Keep it calm. Order at voltcup.example'
    chatty = f"{plain}. Sorry for the late mail, we had a lot of trouble with the printer and the old agency last week."
    unused = [compute_unused_share(text, describe_facts(read_brief(text))) for text in (plain, chatty)]
    assert unused[0] < 0.2 < 0.4 < unused[1]
