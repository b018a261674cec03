"""The verb ``brand``: what every film has that says nothing else is set, shown and removed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def test_a_brand_is_set_shown_and_removed(reelwright, tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), "red").save(tmp_path / "mark.png")
    assert reelwright("brand", "--json").json == {"accent": None, "logo": None, "font": None, "end_card": None}
    given = ("--accent", "#d6323f", "--logo", str(tmp_path / "mark.png"), "--end-card", "Made by hand")
    made = reelwright("brand", *given, "--json").json
    assert (made["accent"], made["logo"]["name"]) == ("#D6323F", "mark.png")
    shown = reelwright("brand").out
    assert "#D6323F" in shown and "mark.png (64x48)" in shown
    left = reelwright("brand", "--logo", "none", "--json").json
    assert left == {
        "accent": "#D6323F",
        "logo": None,
        "font": None,
        "end_card": "Made by hand",
    }
    refused = reelwright("brand", "--accent", "red")
    assert refused.code == 2 and "accent" in refused.err
