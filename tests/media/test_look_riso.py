"""Riso: a warm photograph is printed warm, whatever colour the film has; words keep clear of drawings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from media.animatic_lint import WORDS
from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.looks.riso import lines
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


@pytest.mark.parametrize("label", ["for one rye sourdough", "a week"])
def test_no_word_of_a_figure_stands_on_the_arches_beside_it(monkeypatch: pytest.MonkeyPatch, label: str) -> None:
    """Bakery, 9 s: "hours" and the end of "sourdough" stood on the rings (2026-11-26)."""
    edges: list[float] = []
    monkeypatch.setattr(lines, "draw_arches", lambda marks, x, foot, reach, u, plates: edges.append(x - reach))
    words = {"number": "36", "unit": "hours", "label": label}
    scene = stage_scene(asked("proof", words, (480, 270), look="riso", variant=0), [])
    (edge,) = edges
    assert edge > max(layer.box.right for layer in scene.layers if layer.role in WORDS)
