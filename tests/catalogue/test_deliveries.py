"""What came against what was sold: models' own sizes and numbers of frames count as sold, less than that does not."""

from __future__ import annotations

from typing import Any

import pytest

from reelwright.catalogue.deliveries import find_shortfalls
from reelwright.catalogue.models import load_models
from reelwright.reel.graph.outcome import TakeMeasures
from reelwright.reel.graph.request import Request

VEO = "openrouter-veo-3.1-fast"


def compare(came_ms: int, size: tuple[int, int], *, model: str = VEO, has_sound: bool = True, **sold: Any) -> list[str]:
    terms = {"ms": 4000, "aspect": "16:9", "resolution": "720p", "sound": None, **sold}
    request = Request(model=model, mode="text_to_video", prompt="a fox", **terms)
    came = TakeMeasures(ms=came_ms, width=size[0], height=size[1], has_sound=has_sound)
    return [reason.code for reason in find_shortfalls(request, load_models().get(model), came)]


@pytest.mark.parametrize(
    ("ms", "size", "sold"),
    [
        (5042, (1280, 720), {"ms": 5000}),  # 121 frames at 24
        (5062, (832, 480), {"ms": 5000, "resolution": "480p"}),  # Wan: 81 frames at 16
        (5433, (848, 480), {"ms": 5400, "resolution": "480p"}),  # Mochi: 163 frames at 30
        (4800, (1248, 704), {"ms": 5000}),  # Seedance's 720p
        (4000, (1504, 640), {"aspect": "21:9"}),
        (4000, (1104, 832), {"aspect": "4:3"}),
        (4000, (720, 1280), {"aspect": "9:16"}),
        (4000, (1366, 768), {"resolution": "768p"}),
        (4000, (1920, 1088), {"resolution": "1080p"}),
        (9000, (3840, 2160), {}),  # more than was sold
        (3710, (1280, 720), {}),  # less by 0.29 s
        (18100, (1280, 720), {"ms": 20000}),  # less by 9.5 %
        (1, (2, 2), {"ms": None, "aspect": None, "resolution": None}),  # nothing of that was sold
    ],
)
def test_what_models_really_send_counts_as_what_was_sold(ms: int, size: tuple[int, int], sold: dict[str, Any]) -> None:
    assert compare(ms, size, model="a model that the catalogue does not know", **sold) == []


@pytest.mark.parametrize(
    ("ms", "size", "sold", "found"),
    [
        (1000, (1280, 720), {}, ["take_short"]),
        (3590, (1280, 720), {}, ["take_short"]),
        (4000, (854, 480), {}, ["take_small"]),
        (4000, (960, 540), {}, ["take_small"]),
        (4000, (1280, 720), {"resolution": "1080p"}, ["take_small"]),
        (4000, (720, 1280), {}, ["take_misshapen"]),
        (4000, (960, 720), {}, ["take_misshapen"]),
        (1000, (180, 320), {}, ["take_short", "take_misshapen", "take_small"]),
    ],
)
def test_what_is_less_than_was_sold_is_found(
    ms: int, size: tuple[int, int], sold: dict[str, Any], found: list[str]
) -> None:
    assert compare(ms, size, **sold) == found


def test_sound_is_missed_where_it_was_asked_for_or_where_the_model_always_makes_it() -> None:
    always = next(row.id for row in load_models().values() if row.kind == "video" and row.sound == "always")
    never = next(row.id for row in load_models().values() if row.kind == "video" and row.sound == "never")
    full = (4000, (1280, 720))
    assert compare(*full, model=VEO, sound=True, has_sound=False) == ["take_mute"]
    assert compare(*full, model=always, has_sound=False) == ["take_mute"]
    assert compare(*full, model=never, has_sound=False) == compare(*full, model=always) == []


def test_a_size_that_is_no_height_is_no_reason_to_lose_a_take() -> None:
    assert compare(4000, (1280, 720), resolution="whatever") == []
