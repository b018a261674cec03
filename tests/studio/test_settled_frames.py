"""The frame by which a shot is shown: its words have come, and the next shot has not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reelwright.studio.films.film_contact_sheet import find_settled
from studio.result_examples import SHOT_SUMMARY


@pytest.mark.parametrize(("seconds", "shown"), [(4.0, "13.4"), (1.0, "10.5"), (0.5, "10.25")])
def test_a_long_shot_is_shown_before_its_end_and_a_short_one_at_its_middle(seconds: float, shown: str) -> None:
    shot = SHOT_SUMMARY.model_copy(update={"start_s": 10.0, "duration_s": seconds})
    assert find_settled(shot) == Fraction(shown)
