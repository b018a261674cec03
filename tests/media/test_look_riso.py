"""Riso: a warm photograph is printed warm, whatever colour the film has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.looks.riso.plates import make_inks, print_picture

BREAD = Path(__file__).resolve().parents[2] / "docs/gallery/scripts/pictures/bread.jpg"


@pytest.mark.parametrize("accent", [None, "#1496E1", "#0B7A4B", "#7A1FA2"])
def test_bread_is_not_printed_green(accent: str | None) -> None:
    """Yellow and blue make green: the bread of a blue film looked mouldy."""
    image = load_picture(BREAD, "photo").image
    source = (0.2 * image.width(), 0.3 * image.height(), 0.8 * image.width(), 0.8 * image.height())
    printed = print_picture(image, source, 240, 160, 6.0, 1, make_inks(load_look("riso", accent).palette))[1]
    red, green = (printed.toarray()[..., channel].astype(int) for channel in (2, 1))
    assert float(np.mean(red)) > float(np.mean(green)) + 15
