"""What an emblem that stands large stands in: each is in one row at most, and nothing is drawn far from it."""

from __future__ import annotations

import pytest

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.layers import Box
from reelwright.media.emblems import load_emblems
from reelwright.media.emblems.scenes import list_rows, make_surroundings

skia = load_skia()

_BOX = Box(100, 100, 300, 300)


def test_each_emblem_has_one_scene_at_most() -> None:
    names = [name for row in list_rows().values() for name in row.emblems.split()]
    assert len(set(names)) == len(names)
    assert set(names) <= load_emblems().keys()


@pytest.mark.parametrize(("emblem", "below", "above"), [
    ("ferry", True, False), ("car", True, False), ("dog", True, False), ("coffee", True, True),
    ("plane", False, True), ("books", True, False), ("sun", False, False),
])  # fmt: skip
def test_a_scene_lies_under_or_over_its_emblem(emblem: str, below: bool, above: bool) -> None:
    under, over = make_surroundings(emblem, _BOX)
    assert (bool(under), bool(over)) == (below, above)
    for path in under:
        bounds = path.computeTightBounds()
        assert _BOX.bottom - 20 < bounds.top() and bounds.bottom() < _BOX.bottom + 40
    for path in (*under, *over):
        bounds = path.computeTightBounds()
        assert bounds.left() > 40 and bounds.right() < 400 and bounds.top() > 50


def test_steam_rises_over_what_is_hot() -> None:
    for path in make_surroundings("soup", _BOX)[1]:
        assert path.computeTightBounds().bottom() <= _BOX.top
