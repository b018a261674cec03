"""Words as a plan spells them: every text and style comes back as it was, whatever signs stand in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.media.letters.word_styles import mark_styles, split_styles
from reelwright.reel.film.markup import Piece, escape_marks, format_pieces, parse_pieces, to_plain_text

SIGNS = st.text(alphabet="ab é朝*~|\\.", min_size=1, max_size=12)
STYLES = st.sampled_from(["plain", "strong", "struck"])


def flat(text: str) -> str:
    return " ".join(text.split())


@given(st.lists(st.tuples(SIGNS, STYLES), min_size=1, max_size=5))
def test_what_is_spelled_is_read_as_the_same_words(parts: list[tuple[str, Any]]) -> None:
    said = flat("".join(text for text, _ in parts))
    assert to_plain_text(format_pieces(parts)) == said


@given(SIGNS)
def test_escaped_text_has_no_style_and_no_line_end(text: str) -> None:
    assert parse_pieces(escape_marks(text)) == (Piece(text),)


@given(st.lists(st.tuples(SIGNS, STYLES), min_size=1, max_size=5))
def test_the_typesetter_sets_the_same_letters(parts: list[tuple[str, Any]]) -> None:
    said, styled = split_styles(mark_styles(format_pieces(parts)))
    assert said == flat("".join(text for text, _ in parts))
    assert all(0 <= start < end <= len(said) for start, end, _ in styled)


@pytest.mark.parametrize(
    ("words", "shown", "styled"),
    [
        ("It **never** goes", "It never goes", [("never", "strong")]),
        ("Was ~~29 or 30~~ 19", "Was 29 or 30 19", [("29 or 30", "struck")]),
        ("5 ** 3 and 4 ** 2", "5 ** 3 and 4 ** 2", []),
        ("**one", "**one", []),
        ("**朝**の", "朝の", [("朝", "strong")]),
    ],
)
def test_a_sign_without_its_pair_is_itself(words: str, shown: str, styled: list[tuple[str, str]]) -> None:
    said, found = split_styles(mark_styles(words))
    assert said == shown
    assert [(said[start:end], style) for start, end, style in found] == styled


def test_a_stretch_over_two_lines_is_styled_on_both() -> None:
    first, second = mark_styles("Two **big|words** here").split("|")
    assert split_styles(first) == ("Two big", ((4, 7, "strong"),)) and split_styles(second) == (
        "words here",
        ((0, 5, "strong"),),
    )
