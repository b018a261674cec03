"""A number counts up in the digits in which it is written; what is no single number stands still."""

from __future__ import annotations

from typing import Any

import pytest

from reelwright.media.animatic.stagings.numbers import counted


class Said:
    def __init__(self, **words: str) -> None:
        self._words = words

    def says(self, role: str) -> str:
        return self._words.get(role, "")

    def ink(self, text: str) -> str:
        return text


def shown(**words: str) -> list[Any]:
    return counted(Said(**words))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "zero"), [("60 °C", "0"), ("٦٠٪", "٠"), ("６００円", "０"), ("€1,299.50", "0"), ("१२०", "०")]
)
def test_a_number_ends_as_it_is_written_and_counts_in_its_own_digits(number: str, zero: str) -> None:
    texts = shown(number=number)
    assert texts[-1] == number and len(texts) > 1
    digits = {chr(ord(zero) + n) for n in range(10)}
    assert all(char in digits for text in texts for char in text if char.isdigit())


@pytest.mark.parametrize("number", ["3–5 days", "9:00", "12/24", "a dozen"])
def test_a_range_or_a_time_stands_still(number: str) -> None:
    assert shown(number=number) == [number]
