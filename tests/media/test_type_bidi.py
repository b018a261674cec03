"""Levels and visual order follow Unicode Standard Annex 9."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.media.typeset.bidi import (
    Direction,
    choose_direction,
    find_first_strong,
    list_visual_runs,
    resolve_levels,
)

MIXED = "abאב ات12٠١ .,+-/%()[]\u0301\u200f\u200e\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e"


def seen(text: str, base: Direction) -> str:
    """The text as it stands on paper, without marks of direction."""
    runs = list_visual_runs(text, base)
    whole = "".join(text[r.start : r.end][::-1] if r.is_rtl else text[r.start : r.end] for r in runs)
    return "".join(c for c in whole if c not in "\u2066\u2067\u2068\u2069\u200e\u200f\u202a\u202b\u202c\u202d\u202e")


@pytest.mark.parametrize(
    ("text", "base", "wanted"),
    [
        ("abc", "ltr", "abc"),
        ("אבג", "rtl", "גבא"),
        ("car is THE אבג in arabic", "ltr", "car is THE גבא in arabic"),
        ("אבג abc דה", "rtl", "הד abc גבא"),
        ("אבג 123 דה", "ltr", "הד 123 גבא"),
        ("אבג 12.5% דה", "rtl", "הד 12.5% גבא"),
        ("abc (אבג) def", "ltr", "abc (גבא) def"),
        ("אבג (abc) דה", "rtl", "הד )abc( גבא"),
        ("\u2068אבג\u2069 1", "ltr", "גבא 1"),
        ("אב\u202eabc\u202c", "rtl", "cbaבא"),
        ("اب 12", "rtl", "12 با"),
    ],
)
def test_text_is_seen_in_the_order_of_the_standard(text: str, base: Direction, wanted: str) -> None:
    assert seen(text, base) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("0 ₪", "he", "₪ 0"),
        ("1,290 ₪", "he-IL", "₪ 1,290"),
        ("0 ₪", "en", "0 ₪"),
        ("499\u202f€", "fr", "499\u202f€"),
        ("10 - 12", "he", "10 - 12"),
        ("04-555-0178", "he", "04-555-0178"),
        ("22 שנה", "he", "הנש 22"),
    ],
)
def test_an_amount_stands_as_its_language_reads(text: str, language: str, wanted: str) -> None:
    assert seen(text, choose_direction(text, language)) == wanted


@given(st.text(alphabet=MIXED, max_size=40), st.sampled_from(["ltr", "rtl"]))
@settings(max_examples=300, deadline=None)
def test_every_character_stands_exactly_once(text: str, base: Direction) -> None:
    runs = list_visual_runs(text, base)
    assert sorted(i for run in runs for i in range(run.start, run.end)) == list(range(len(text)))
    assert len(resolve_levels(text, base)) == len(text)
    assert all(run.level >= (base == "rtl") for run in runs)


@given(st.text(alphabet="abc 12.,", max_size=30))
def test_plain_left_to_right_text_is_left_alone(text: str) -> None:
    assert seen(text, "ltr") == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("abc א", "ltr"), ("12 אבג a", "rtl"), ("12 + 3", None), ("\u2067אבג\u2069 a", "ltr"), ("", None)],
)
def test_the_first_strong_character_outside_isolates_gives_the_direction(text: str, wanted: str | None) -> None:
    assert find_first_strong(text) == wanted


def test_nesting_beyond_the_limit_neither_fails_nor_loses_text() -> None:
    for mark in ("\u202b", "\u2067", "\u202a\u2068"):
        text = mark * 200 + "a" + "\u2069\u202c" * 200 + "א"
        assert len(resolve_levels(text, "ltr")) == len(text)
