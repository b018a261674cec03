"""A brand colour is made legible on any ground, in the direction that has room."""

from __future__ import annotations

import pytest

from reelwright.media.drawing.colour import compute_contrast, make_legible


@pytest.mark.parametrize("grey", range(0, 256, 15))
def test_a_colour_reaches_the_contrast_of_body_text_on_every_grey(grey: int) -> None:
    ground = f"#{grey:02X}{grey:02X}{grey:02X}"
    for colour in (ground, "#808080", "#0B6E4F"):
        assert compute_contrast(make_legible(colour, ground, 4.5), ground) >= 4.5
