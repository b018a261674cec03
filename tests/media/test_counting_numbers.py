"""A number counts up in the digits in which it is written; what is no single number stands still."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.drawables import Counter
from reelwright.media.looks.registry import list_look_names
from reelwright.media.staging.numbers import typeset_count


class Asked:
    language = "en"


class Said:
    request = Asked

    def __init__(self, **words: str) -> None:
        self._words = words

    def get_words(self, role: str) -> str:
        return self._words.get(role, "")

    def typeset(self, text: str, kind: str) -> str:
        assert kind == "number"
        return text


def shown_texts(number: str) -> list[Any]:
    return typeset_count(Said(number=number))  # type: ignore[arg-type]


def shown(**words: str) -> list[Any]:
    return typeset_count(Said(**words))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "zero"), [("60 °C", "0"), ("٦٠٪", "٠"), ("６００杯", "０"), ("1,299.50 km", "0"), ("१२०", "०")]
)
def test_a_number_ends_as_it_is_written_and_counts_in_its_own_digits(number: str, zero: str) -> None:
    texts = shown(number=number)
    assert texts[-1] == number and len(texts) > 1
    digits = {chr(ord(zero) + n) for n in range(10)}
    assert all(char in digits for text in texts for char in text if char.isdigit())


@pytest.mark.parametrize(
    "number",
    ["3–5 days", "9:00", "12/24", "a dozen", "1987", "2026", "14 March", "9 pm", "18 Uhr", "0341", "5550199", "4 days"],
)
def test_a_range_a_time_and_a_year_stand_still(number: str) -> None:
    assert [text.casefold() for text in shown(number=number)] == [number.casefold()]


@pytest.mark.parametrize(
    "number", ["€1,450", "1 450 €", "450 kr", "120 zł", "99 лв.", "６００円", "CHF 49.–", "R$ 89,90", "₹899"]
)
def test_a_price_stands_still(number: str) -> None:
    """Whoever sees the frame in between would read another price."""
    assert [text.casefold() for text in shown(number=number)] == [number.casefold()]


def test_a_price_whose_sign_is_apart_stands_still() -> None:
    assert shown(number="29", prefix="$") == ["$29"] and shown(number="29", unit="EUR") == ["29 EUR"]
    assert len(shown(number="29", unit="kr per")) == 1 and len(shown(number="29", unit="krill")) > 1


def test_a_unit_stands_as_it_is_written() -> None:
    """Bank, 7.6 s and 10.6 s: capitals for one unit and not for the next (2026-11-24)."""
    assert shown(number="4.82", unit="bn")[-1] == "4.82 bn" and shown(number="61.3 m")[-1] == "61.3 m"
    assert shown(number="86 m²")[-1] == "86 m²" and shown(number="0.4 s")[-1] == "0.4 s"
    assert shown(number="12", unit="hours")[-1] == "12 hours" and shown(number="24 часа")[-1] == "24 часа"


@pytest.mark.parametrize("unit", ["März", "Uhr", "лв."])
def test_a_number_whose_unit_is_set_apart_stands_still_too(unit: str) -> None:
    assert len(typeset_count(Said(number=f"14 {unit}"), is_alone=True, number="14")) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("look", list_look_names())
@pytest.mark.parametrize("number", ["4.8", "71", "212,000"])
def test_no_false_figure_stands_on_the_way(look: str, number: str) -> None:
    """A figure that slowed down before its last step was read as another: 4.1 for 4.8 (2026-11-26)."""
    scene = stage_scene(asked("proof", {"number": number, "label": "of all"}, (480, 270), look=look, frames=90), [])
    texts, shown = shown_texts(number), []
    for frame in range(scene.frames):
        poses = [layer.find_pose(frame) for layer in scene.layers if isinstance(layer.drawable, Counter)]
        shown += [texts[pose.number] for pose in poses[-1:] if pose]
    stands = [len(list(run)) for text, run in groupby(shown) if text != number]
    assert all(frames <= 3 for frames in stands)
    assert not shown or number in shown[:16]
