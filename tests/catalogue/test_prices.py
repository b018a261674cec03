"""What one request costs at most, by unit; and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from catalogue.asking import video
from reelwright.catalogue.models import find_model, load_models
from reelwright.catalogue.price import compute_price
from reelwright.reel.base.value import StepKey
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price, Quote

TODAY = date(2026, 11, 20)


def said(text: str, model: str = "eleven_multilingual_v2") -> Request:
    return Request(model=model, mode="speech", prompt=text)


@pytest.mark.parametrize(
    ("request_", "micros"),
    [
        (video("vertex-veo-3.1", seconds=8, resolution="720p"), 3_200_000),
        (video("vertex-veo-3.1", seconds=8, resolution="720p", samples=4), 12_800_000),
        (video("vertex-veo-3.1-fast", seconds=8, resolution="720p"), 800_000),
        (video("vertex-veo-3.1-fast", seconds=8, resolution="1080p"), 960_000),
        (video("vertex-veo-3.1-fast", seconds=8, resolution="4k"), 2_400_000),
        (video("openrouter-veo-3.1", seconds=8, resolution="720p", sound=True), 3_200_000),
        (video("openrouter-veo-3.1", seconds=8, resolution="720p", sound=False), 1_600_000),
        (video("openrouter-veo-3.1", seconds=8, resolution="720p"), 3_200_000),
        (video("openrouter-veo-3.1", seconds=8), 4_800_000),
        (video("hailuo-2.3-fast", "image_to_video", 6, "first_frame", resolution="768p"), 190_000),
        (video("hailuo-2.3-fast", "image_to_video", 10, "first_frame", resolution="768p"), 320_000),
        (video("hailuo-2.3-fast", "image_to_video", 6, "first_frame", resolution="1080p"), 330_000),
        (video("gemini-omni-1.2-flash", seconds=3, resolution="360p"), 3 * 23_200 + 21_500),
        (video("openrouter-hailuo-2.3", seconds=6), 490_200),
        (video("wan-2.1", "image_to_video", 5, "first_frame"), 450_000),
        (video("local-video", seconds=5), 0),
        (Request(model="flux-dev", mode="text_to_image", prompt="a fox", samples=4), 100_000),
        (Request(model="flux-2-pro", mode="text_to_image", prompt="a fox"), 120_000),
        (Request(model="flux-2-pro", mode="text_to_image", prompt="a fox", extra={"megapixels": 1}), 30_000),
        (said("h"), 80),
        (said("häßlich"), 560),
        (said("x" * 1000, "eleven_flash_v2_5"), 40_000),
        (Request(model="eleven-music", mode="music", prompt="calm", ms=30_000), 750_000),
        (Request(model="eleven-music", mode="music", prompt="calm", ms=61_000), 1_500_000),
        (Request(model="eleven-sfx", mode="sound_effect", prompt="door", ms=2_000), 4_600),
        (Request(model="musicgen", mode="music", prompt="calm", ms=30_000), 168_000),
    ],
    ids=lambda value: value.model if isinstance(value, Request) else "",
)
def test_a_request_costs_its_units_at_most(request_: Request, micros: int) -> None:
    assert compute_price(request_, TODAY).micros == micros


def test_thirty_seconds_by_hailuo_fast_cost_95_cents_and_not_what_an_old_table_said() -> None:
    clip = video("hailuo-2.3-fast", "image_to_video", 6, "first_frame", resolution="768p")
    assert 5 * (compute_price(clip, TODAY).micros or 0) == 950_000


def test_words_to_a_language_model_are_priced_by_bytes_in_and_the_most_tokens_out() -> None:
    asked = Request(model="gpt-6.1-sol", mode="plan", prompt="ж" * 500, extra={"max_tokens": 8_000})
    price = compute_price(asked, TODAY)
    assert price.micros is not None and price.micros >= (1_000 * 2_000_000 + 8_000 * 10_000_000) // 1_000_000
    assert price.micros <= (4_000 * 2_000_000 + 8_000 * 10_000_000) // 1_000_000
    most = compute_price(replace(asked, extra={}), TODAY)
    assert most.micros is not None and most.micros > find_model("gpt-6.1-sol").max_output * 10
    longer = compute_price(replace(asked, extra={"max_tokens": 8_000, "brief": "x" * 10_000}), TODAY)
    assert longer.micros is not None and longer.micros >= price.micros + 20_000


def test_a_price_that_changes_by_a_day_is_the_one_of_that_day() -> None:
    asked = Request(model="gemini-3.8-flash", mode="plan", prompt="x", extra={"max_tokens": 1000})
    before, after = compute_price(asked, date(2026, 12, 31)).micros, compute_price(asked, date(2027, 1, 1)).micros
    assert before and after == pytest.approx(2 * before, abs=1)


def test_a_price_that_no_reliable_source_names_is_unconfirmed_and_one_nobody_knows_is_unknown() -> None:
    def certainty(**more: Any) -> str:
        return compute_price(video(**more), TODAY).certainty

    assert certainty(model="hailuo-2.3", seconds=6) == "unconfirmed"
    assert certainty(model="replicate-veo-3.1", seconds=8) == "unconfirmed"
    assert certainty(model="openrouter-veo-3.1", seconds=8) == "computed"
    unknown = compute_price(video("wan-2.2-i2v-fast", "image_to_video", 5, "first_frame", resolution="720p"), TODAY)
    assert (unknown.micros, unknown.certainty) == (None, "unknown")
    either = compute_price(video("wan-2.2-i2v-fast", "image_to_video", 5, "first_frame"), TODAY)
    assert either.micros is None  # what is not said may be what nobody knows


def test_a_retired_model_without_a_price_is_not_free() -> None:
    for name in ("gpt-4", "gemini-omni-flash-preview"):
        price = compute_price(Request(model=name, mode="plan", prompt="x"), TODAY)
        assert (price.micros, price.certainty) == (None, "unknown")


def test_only_what_runs_on_a_machine_of_ones_own_costs_nothing() -> None:
    for row in load_models().values():
        price = compute_price(Request(model=row.id, mode=row.modes[0] if row.modes else "", prompt="some words"), TODAY)
        assert (price.micros == 0) == (row.resubmit == "free" and not row.key), row.id


def test_a_model_that_may_be_gone_is_unconfirmed_from_the_disputed_day_on() -> None:
    request = video("vertex-veo-3.1", seconds=8, resolution="720p")
    assert compute_price(request, date(2026, 11, 17)).certainty == "computed"
    gone = compute_price(request, date(2026, 11, 18))
    assert (gone.micros, gone.certainty) == (3_200_000, "unconfirmed")


def test_a_basis_says_how_much_of_what_where_it_was_read_and_when() -> None:
    basis = compute_price(video("hailuo-2.3", seconds=6, resolution="1080p"), TODAY).basis
    assert all(part in basis for part in ("$0.49", "1080p", "clip", "2025-11-01", "not confirmed"))


def test_a_quote_names_the_steps_whose_price_is_not_confirmed() -> None:
    sure, unsure = (compute_price(video(name, seconds=6), TODAY) for name in ("openrouter-hailuo-2.3", "hailuo-2.3"))
    rows: dict[StepKey, Price] = {StepKey("take/a"): sure, StepKey("take/b"): unsure}
    from datetime import UTC, datetime

    from reelwright.units import Micros

    quote = Quote(certain=rows, possible={}, ceiling=Micros(1), seconds=(0, 0), expires_at=datetime.now(UTC))
    assert quote.unconfirmed_steps == ("take/b",) and quote.unknown_steps == ()


def test_every_price_of_every_model_says_source_and_day() -> None:
    for row in load_models().values():
        assert row.source and row.as_of <= TODAY, row.id
