"""Of an old and a new price each is found whole, and no word after it is taken for its currency."""

from __future__ import annotations

import pytest

from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.letters.word_styles import mark_styles
from reelwright.media.staging.calls import split_call
from reelwright.media.staging.prices import split_price


@pytest.mark.parametrize(
    ("deal", "new", "after"),
    [
        ("~~EUR 29~~ EUR 19 a month until June", "EUR 19", "a month until June"),
        ("Six rolls ~~€4.80~~ €3.60 before nine", "€3.60", "before nine"),
        ("~~4,80 €~~ 3,60 € vor neun", "3,60 €", "vor neun"),
    ],
)
def test_a_new_price_ends_before_the_words_after_it(deal: str, new: str, after: str) -> None:
    price = split_price(mark_styles(deal))
    assert price is not None and (price.new, price.after) == (new, after)


@pytest.mark.parametrize(
    ("deal", "before", "new"),
    [
        ("~~instead of €89~~|full service €69", "full service", "€69"),
        ("~~instead of €6.50~~|sourdough rye at €5.20", "sourdough rye at", "€5.20"),
        ("~~statt 6,50 €~~ Roggenbrot 5,20 €", "Roggenbrot", "5,20 €"),
        ("~~80元~~|票价 60元", "票价", "60元"),
    ],
)
def test_a_new_price_after_the_words_it_is_the_price_of_is_the_large_one(deal: str, before: str, new: str) -> None:
    price = split_price(mark_styles(deal))
    assert price is not None and (price.before, price.new, price.after) == (before, new, "")


@pytest.mark.parametrize("size", [(540, 960), (960, 540), (540, 540)])
def test_a_new_price_in_slam_is_larger_than_the_words_after_it_and_the_old_price(size: tuple[int, int]) -> None:
    words = {"before": "~~€22~~", "after": "€15 before one o'clock"}
    lines = [one for one in stage_scene(asked("transformation", words, size), []).layers if one.role == "headline"]
    new, old = (next(one for one in lines if one.text.strip() == text) for text in ("€15", "€22"))
    rest = [one for one in lines if one not in (new, old)]
    assert "".join(one.text for one in rest).casefold().replace(" ", "") == "beforeoneo'clock"
    assert new.size >= 1.4 * max(one.size for one in (*rest, old))


def test_the_last_of_several_lines_of_a_call_stands_on_the_button() -> None:
    assert split_call("Come by.|Book a table", "") == ("Come by.", "Book a table", "")
