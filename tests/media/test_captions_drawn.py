"""Captions and overlays: everything that is written is seen, in the box, on any ground."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from reelwright.errors import BadInput, MissingGlyphs
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.pictures.placed_picture import PlacedPicture, draw
from reelwright.media.words.captions import STYLES, draw_captions
from reelwright.media.words.safe_area import compute_safe_area

skia = load_skia()

SIZES = [(1920, 1080), (1080, 1920), (1080, 1080), (1080, 1350), (320, 180), (180, 320)]
PHRASES = {
    "en": "The average office chair costs you four hours of sleep a week.",
    "bg": "Топли в седем. Тихата пекарна отваря в шест.",
    "ar": "ركبتاك تتذكران كل خطوة، حتى 38% مع Strida One.",
    "he": "הברכיים שלך זוכרות כל צעד, גם 38% פחות.",
    "hi": "आपके घुटने हर कदम याद रखते हैं।",
    "zh": "你的膝盖记得你走过的每一步，每一天都是如此",
    "ja": "あなたの膝は一歩ごとに覚えている。今日から変えよう",
    "th": "หัวเข่าของคุณจำได้ทุกก้าวที่เดิน",
    "ko": "당신의 무릎은 모든 걸음을 기억합니다",
    "vi": "Đôi đầu gối của bạn nhớ từng bước đi",
    "el": "Τα γόνατά σου θυμούνται κάθε βήμα",
}


def caption(
    text: str, size: tuple[int, int] = (320, 180), style: str = "clean", language: str = "en"
) -> list[PlacedPicture]:
    item = {"text": text, "start": 3, "length": 20, "elapsed": 0}
    return draw_captions([item], [], size=size, language=language, look="slam", style=style)


def overlay(kind: str, text: str, size: tuple[int, int], language: str = "en") -> PlacedPicture:
    item = {"kind": kind, "text": text, "start": 1, "length": 5}
    (drawn,) = draw_captions([], [item], size=size, language=language, look="slam", style="clean")
    return drawn


def pixels(drawn: PlacedPicture) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(drawn.image_png)).convert("RGBA"))


def over(drawn: PlacedPicture, ground: int) -> NDArray[np.float64]:
    """Luminance (0 to 1, linear) of the picture over a grey ground."""
    rgba = pixels(drawn).astype(np.float64) / 255
    shown = rgba[..., :3] * rgba[..., 3:] + ground / 255 * (1 - rgba[..., 3:])
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.sampled
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_caption_stands_in_the_live_box_with_even_corners(size: tuple[int, int], style: str) -> None:
    for language, text in PHRASES.items():
        (drawn,) = caption(text, size, style, language)
        box = compute_safe_area(size, is_mirrored=language in ("ar", "he"))
        height, width = pixels(drawn).shape[:2]
        ink = np.argwhere(pixels(drawn)[..., 3] > 128)
        assert (drawn.x % 2, drawn.y % 2, width % 2, height % 2) == (0, 0, 0, 0)
        assert (drawn.start, drawn.length) == (3, 20)
        slack = 14 * box.unit
        assert drawn.x + ink[:, 1].min() >= box.left - slack and drawn.x + ink[:, 1].max() <= box.right + slack
        assert drawn.y + ink[:, 0].min() >= box.top and drawn.y + ink[:, 0].max() <= box.bottom + slack


@pytest.mark.parametrize("ground", [0, 90, 160, 255])
@pytest.mark.parametrize("size", SIZES[:2], ids=str)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_white_words_have_at_least_4_5_to_1_on_any_ground(style: str, size: tuple[int, int], ground: int) -> None:
    (drawn,) = caption("Keep score", size, style)
    seen = over(drawn, ground)
    letters = pixels(drawn)[..., :3].min(axis=2) > 250
    letters &= pixels(drawn)[..., 3] > 250
    # The ring just outside the letters' own soft pixel is what their shapes are read against.
    near, far = _grown(letters, 1), _grown(letters, 3)
    ring = seen[far & ~near]
    worst = np.quantile(ring, 0.95)
    assert (seen[letters].mean() + 0.05) / (worst + 0.05) >= 4.5


def _grown(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    grown = mask.copy()
    for dy in range(-by, by + 1):
        for dx in range(-by, by + 1):
            grown |= np.roll(mask, (dy, dx), (0, 1))
    return grown


CHARACTERS = {
    "en": "aQ7%$&|{}\\<>~^_`*#@-—…“”'é",
    "bg": "щЪф№",
    "ar": "بقه؟٣",
    "he": "שק־",
    "hi": "कशज्ञ",
    "th": "กฬ",
    "zh": "膝，！",
    "ja": "あー。覚",
    "ko": "무릎",
    "emoji": "🔥👟❤✅",
}


@given(st.sampled_from([(lang, c) for lang, chars in CHARACTERS.items() for c in chars]), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_each_visible_character_leaves_ink(given: tuple[str, str], before: int) -> None:
    language, character = given
    start, end = "x" * before, " x"
    (without,), (with_it,) = (
        caption(start + end, language=language),
        caption(start + character + end, language=language),
    )
    assert pixels(with_it).shape != pixels(without).shape or (pixels(with_it) != pixels(without)).any()


@pytest.mark.parametrize(
    "hostile", ["{vanish}", "{\\p1}", "{\\an8}up", "\\N", "<b>bold</b>", "-->", "%{pts}:'[x];movie=a"]
)
def test_marks_of_other_formats_are_only_characters_here(hostile: str) -> None:
    (shown,), (bare,) = caption(f"one {hostile} two"), caption("one two")
    assert pixels(shown).shape[1] > pixels(bare).shape[1]


@pytest.mark.parametrize("blank", ["", " ", "\u3000\u00a0", "\u200b\ufeff", "\n\n", "\x00\x1b", "\u2067\u2069"])
def test_a_text_without_visible_characters_draws_nothing(blank: str) -> None:
    assert caption(blank) == []


def test_a_long_text_is_drawn_whole_or_refused_but_never_cut() -> None:
    (word,) = caption("x" * 120, (1080, 1920))
    assert pixels(word).shape[0] > 200
    (lines,) = caption("several words that go on and on " * 5, (1080, 1920))
    assert pixels(lines).shape[0] > 200
    with pytest.raises(BadInput, match="caption"):
        caption("word " * 2000)


@given(st.text(max_size=40), st.sampled_from(sorted(STYLES)), st.sampled_from(["en", "ar", "zh-Hans-CN", "", "tr"]))
@settings(max_examples=80, deadline=None)
def test_any_text_is_drawn_or_refused_by_name(text: str, style: str, language: str) -> None:
    try:
        drawn = caption(text, style=style, language=language)
    except MissingGlyphs as refused:
        assert "U+" in str(refused)
    else:
        assert len(drawn) <= 1


def test_a_caption_of_several_lines_keeps_them() -> None:
    (two,), (one,) = caption("first\nsecond", (1080, 1920)), caption("first second", (1080, 1920))
    assert pixels(two).shape[0] > 1.4 * pixels(one).shape[0]


def test_a_phrase_that_is_seen_again_is_the_same_picture_at_its_own_time() -> None:
    items = [{"text": t, "start": s, "length": 9, "elapsed": 0} for t, s in (("one", 0), ("two", 9), ("one", 18))]
    drawn = draw_captions(items, [], size=(320, 180), language="en", look="slam", style="clean")
    assert [d.start for d in drawn] == [0, 9, 18]
    assert drawn[0].image_png == drawn[2].image_png != drawn[1].image_png
    assert drawn == draw_captions(items, [], size=(320, 180), language="en", look="slam", style="clean")


def test_emoji_keep_their_colours() -> None:
    (drawn,) = caption("go 🔥", (1080, 1920))
    rgb = pixels(drawn)[..., :3].astype(int)
    assert ((rgb[..., 0] - rgb[..., 2] > 150) & (pixels(drawn)[..., 3] > 200)).sum() > 300


@pytest.mark.parametrize("size", SIZES[:4], ids=str)
def test_overlays_keep_apart_from_each_other_and_from_captions(size: tuple[int, int]) -> None:
    label, bug = overlay("label", "Reconstruction", size), overlay("bug", "Strida", size)
    source = overlay("source", "Pressure-plate test, 42 runners, Ghent 2026", size)
    (words,) = caption(PHRASES["en"], size)
    spans = []
    for drawn in (label, bug, source, words):
        ink = np.argwhere(pixels(drawn)[..., 3] > 240)
        (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
        spans.append((drawn.x + left, drawn.y + top, drawn.x + right, drawn.y + bottom))
    for i, a in enumerate(spans):
        for b in spans[i + 1 :]:
            assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1], (a, b)
    assert label.start == 1 and label.length == 5


def test_right_to_left_overlays_start_on_the_right() -> None:
    size = (1920, 1080)
    assert overlay("label", "إعادة تمثيل", size, "ar").x > 960 > overlay("label", "Reconstruction", size).x
    assert overlay("bug", "سترايدا", size, "ar").x < 960 < overlay("bug", "Strida", size).x


def test_what_is_unknown_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(BadInput, match="box"):
        caption("a", style="wild")
    with pytest.raises(BadInput, match="slam"):
        draw_captions([], [], size=(320, 180), language="en", look="wild", style="clean")
    with pytest.raises(BadInput, match="label"):
        overlay("banner", "a", (320, 180))
    with pytest.raises(MissingGlyphs) as refused:
        caption("៛ 5")
    assert refused.value.code == "glyphs_missing"


@pytest.mark.parametrize(
    ("edges", "cut"), [((-20, 40, 60, 80), True), ((20, 40, 60, 80), False), ((150, 40, 200, 80), True)]
)
def test_ink_that_runs_out_of_the_frame_is_told(edges: tuple[int, int, int, int], cut: bool) -> None:
    rect = skia.Rect.MakeLTRB(*edges)
    made = draw(lambda canvas: canvas.drawRect(rect, skia.Paint(Color=skia.ColorWHITE)), edges, (180, 320), 0, 1)
    assert bool(made.misfit) is cut


def test_what_is_usual_fits_and_more_than_three_lines_do_not() -> None:
    usual = "It never flickers, not even at night, when all else does"
    assert [one.misfit for size in SIZES for one in caption(usual, size)] == [""] * len(SIZES)
    (many,) = caption("Donaudampfschifffahrtsgesellschaftskapitän " * 4, (180, 320), language="de")
    assert "lines" in many.misfit
