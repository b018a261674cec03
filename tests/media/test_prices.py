"""Of an old and a new price each is found whole, and no word after it is taken for its currency."""

from __future__ import annotations

import time

import pytest

from media.animatic_lint import lint
from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.letters.word_styles import mark_styles
from reelwright.media.looks.registry import list_look_names
from reelwright.media.staging.calls import split_call
from reelwright.media.staging.prices import find_price, find_strong_price, split_price


@pytest.mark.parametrize(
    ("deal", "new", "after"),
    [
        ("~~EUR 29~~ EUR 19 a month until June", "EUR 19", "a month until June"),
        ("Six rolls ~~€4.80~~ €3.60 before nine", "€3.60", "before nine"),
        ("~~4,80 €~~ 3,60 € vor neun", "3,60 €", "vor neun"),
        ("~~1 299 €~~ 1 199 €", "1 199 €", ""),
        ("~~1\u202f299,50 €~~ 1\u202f199,50 € TTC", "1 199,50 €", "TTC"),
        ("~~€49~~ free with a €10 order", "free", "with a €10 order"),
        ("~~30 €~~ gratis ab 50 €", "gratis", "ab 50 €"),
        ("~~€9~~ 44% off, save €4", "44%", "off, save €4"),
        ("~~€9~~ only €4 !", "€4!", ""),
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
        ("~~1 299 €~~ nur 1 199 €", "nur", "1 199 €"),
        ("~~€1 900~~ now €1\u00a0500", "now", "€1 500"),
        ("~~€1’900~~ now €1’500", "now", "€1’500"),
        ("~~€6.50~~ sourdough rye at €5.20.", "sourdough rye at", "€5.20"),
    ],
)
def test_a_new_price_after_the_words_it_is_the_price_of_is_the_large_one(deal: str, before: str, new: str) -> None:
    price = split_price(mark_styles(deal))
    assert price is not None and (price.before, price.new, price.after) == (before, new, "")


@pytest.mark.parametrize(
    ("deal", "before", "new", "after"),
    [
        ("A full basket costs 8 euros", "A full basket costs", "8 euros", ""),
        ("A trial lesson costs 150 kronor", "A trial lesson costs", "150 kronor", ""),
        ("Nur 49 Euro pro Tag", "Nur", "49 Euro", "pro Tag"),
        ("Home visits: 45 Pounds", "Home visits:", "45 Pounds", ""),
        ("~~instead of 69 euros~~|inspection 49 euros", "inspection", "49 euros", ""),
    ],
)
def test_a_price_may_have_the_name_of_its_currency(deal: str, before: str, new: str, after: str) -> None:
    price = find_price(mark_styles(deal))
    assert price is not None and (price.before, price.new, price.after) == (before, new, after)


@pytest.mark.parametrize("deal", ["~~€30~~ one month free, then €15", "~~€49~~ save €4"])
def test_an_amount_that_is_saved_or_asked_for_later_is_no_new_price(deal: str) -> None:
    assert split_price(mark_styles(deal)) is None


@pytest.mark.parametrize(
    ("deal", "parts"),
    [
        ("12 € a bag", ("", "12 €", "a bag")),
        ("Grillwurst 3 €", ("Grillwurst", "3 €", "")),
        ("Net profit £412m", ("Net profit", "£412m", "")),
        ("Socks £3 M–L", ("Socks", "£3", "M–L")),
        ("from £62 per visit", ("from", "£62", "per visit")),
        ("Solo $12/mo", ("Solo", "$12/mo", "")),
        ("20 % off this week", ("", "20 %", "off this week")),
        ("~~€30~~ €20 a month", ("", "€20", "a month")),
        ("£6", None),
        ("tickets 8 € (5 € socios)", None),
        ("first 100 people eat for $2", None),
        ("free with a coffee", None),
        ("a subscription of the whole range costs €49 a month", None),
    ],
)
def test_the_one_price_of_a_short_deal_stands_apart_from_its_words(
    deal: str, parts: tuple[str, str, str] | None
) -> None:
    price = find_price(mark_styles(deal))
    assert (price and (price.before, price.new, price.after)) == parts


@pytest.mark.parametrize("look", [look for look in list_look_names() if look != "slam"])
def test_a_price_stands_larger_than_the_words_beside_it(look: str) -> None:
    for size in ((480, 270), (270, 480), (270, 270)):
        for variant in range(3):
            scene = stage_scene(asked("offer", {"deal": "12 € a bag"}, size, look=look, variant=variant), [])
            assert lint(scene) == [], (size, variant)
            price, words = (max(one.size for one in scene.layers if text in one.text) for text in ("12", "bag"))
            assert price > 1.6 * words, (size, variant)


@pytest.mark.timed
def test_a_long_row_of_digits_after_a_struck_price_is_read_at_once() -> None:
    begin = time.process_time()
    split_price(mark_styles(f"~~€30~~ {'1' * 8000} {'1 111' * 500}"))
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize("size", [(540, 960), (540, 540)])
def test_no_word_before_a_new_price_is_lost_in_slam(size: tuple[int, int]) -> None:
    words = {"before": "~~€22~~", "after": "12 rides at €15 each"}
    shown = "".join(one.text for one in stage_scene(asked("transformation", words, size), []).layers if one.text)
    assert "12ridesat€15each" in shown.replace(" ", "").casefold()


@pytest.mark.parametrize("size", [(540, 960), (960, 540), (540, 540)])
def test_a_new_price_in_slam_is_larger_than_the_words_after_it_and_the_old_price(size: tuple[int, int]) -> None:
    words = {"before": "~~€22~~", "after": "€15 before one o'clock"}
    lines = [one for one in stage_scene(asked("transformation", words, size), []).layers if one.role == "headline"]
    new, old = (next(one for one in lines if one.text.strip() == text) for text in ("€15", "€22"))
    rest = [one for one in lines if one not in (new, old)]
    assert "".join(one.text for one in rest).casefold().replace(" ", "") == "beforeoneo’clock"
    assert new.size >= 1.4 * max(one.size for one in (*rest, old))


def test_the_last_of_several_lines_of_a_call_stands_on_the_button() -> None:
    assert split_call("Come by.|Book a table", "") == ("Come by.", "Book a table", "")


@pytest.mark.parametrize("size", [(540, 960), (960, 540), (540, 540)])
@pytest.mark.parametrize("beat", ["end_card", "cta"])
@pytest.mark.parametrize("look", list_look_names())
def test_a_street_on_a_last_screen_is_no_button(look: str, beat: str, size: tuple[int, int]) -> None:
    words = {"line": "Holtenauer Straße 88"} | ({"name": "Backhaus Nord"} if beat == "end_card" else {})
    scene = stage_scene(asked(beat, words, size, look=look), [])
    shown = "".join(one.text for one in scene.layers if one.role != "echo")
    assert "holtenauerstrasse88" in shown.replace(" ", "").casefold()
    assert not [one for one in scene.layers if one.role == "button"] and lint(scene) == []


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Starter and main: **29 €**", ("Starter and main:", "29 €", "")),
        ("一泊二食 **二万八千円** から", ("一泊二食", "二万八千円", "から")),
        ("**6,000** runners", None),
        ("**20 %** off", None),
        ("Two courses|**29 €**", None),
    ],
)
def test_a_strong_price_is_the_point_of_its_line(line: str, parts: tuple[str, str, str] | None) -> None:
    price = find_strong_price(mark_styles(line))
    assert (price and (price.before, price.new, price.after)) == parts


@pytest.mark.parametrize("look", list_look_names())
def test_a_line_with_a_strong_price_is_set_as_a_deal(look: str) -> None:
    scene = stage_scene(asked("benefit", {"line": "Lunch: **29 €**"}, (270, 338), look=look, after="hook"), [])
    price, words = (max(one.size for one in scene.layers if text in one.text.casefold()) for text in ("29", "lunch"))
    assert price > 1.4 * words
