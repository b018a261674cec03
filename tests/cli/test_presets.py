"""The verb ``presets``, and ``--for``."""

from __future__ import annotations

from typing import Any


def test_presets_are_listed_with_their_limits_and_the_day_of_their_facts(reelwright: Any) -> None:
    shown = reelwright("presets")
    assert shown.code == 0
    reels = next(line for line in shown.out.splitlines() if line.startswith("reels"))
    assert all(text in reels for text in ("1080x1920", "9:16", "180 s", "-14 LUFS", "2026-11-20", "Instagram"))
    rows = {row["name"]: row for row in reelwright("presets", "--json").json["presets"]}
    assert (rows["broadcast"]["lufs"], rows["broadcast"]["fps"]) == (-23, 25)
    assert rows["tiktok"]["unsafe_areas"]


def test_an_option_says_what_a_film_is_for_and_errors_name_it(reelwright: Any) -> None:
    brief = 'A lamp called "Fenn". It never flickers. Order at fenn.example'
    planned = reelwright("plan", brief, "--for", "tiktok,youtube", "--json").json["plan"]
    assert [one["name"] for one in planned["presets"]] == ["tiktok", "youtube"] and planned["size"] == [1080, 1920]
    refused = reelwright("quote", brief, "--for", "vimeo")
    assert refused.code == 2 and "--for: 'vimeo'" in refused.err
    refused = reelwright("quote", brief, "--for", "tiktok", "--aspect", "16:9")
    assert refused.code == 2 and "--aspect" in refused.err and "tiktok" in refused.err
