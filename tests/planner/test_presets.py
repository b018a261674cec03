"""Delivery presets: the table, the words of a brief that choose one, and which go together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.errors import BadInput
from reelwright.planner.brief_settings import settle_brief
from reelwright.planner.edits.resizing import set_aspects
from reelwright.planner.plan_file.plan_values import check_names_and_words
from reelwright.planner.presets import apply_presets, describe_limits, load_presets, parse_presets, set_presets
from reelwright.planner.rules import plan
from reelwright.reel.film.breakdown import FILM, MIX, build_graph
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.preset import choose_loudness
from reelwright.units import ASPECTS, compute_size, convert_seconds_to_frames

TEXT = '"It never flickers". For "Fenn", a lamp. Order at fenn.example'


def test_every_preset_states_a_frame_a_loudness_and_the_day_of_its_facts() -> None:
    presets = load_presets()
    assert [*presets] == ["youtube", "shorts", "reels", "tiktok", "square", "broadcast"]
    for one in presets.values():
        assert one.aspect in ASPECTS and one.size == compute_size(one.aspect)
        assert one.checked_on >= "2026-11-20" and one.source
    assert {one.lufs for one in presets.values() if one.name != "broadcast"} == {-14}
    broadcast = presets["broadcast"]
    assert (broadcast.lufs, broadcast.dbtp, broadcast.fps) == (-23, -1, (25, 1)), "EBU R 128"


@pytest.mark.parametrize(
    ("words", "aspect", "preset"),
    [
        ("A TikTok", "9:16", "tiktok"),
        ("YouTube Short", "9:16", "shorts"),
        ("An ad for YouTube", "16:9", "youtube"),
        ("Instagram reel", "9:16", "reels"),
        ("Ein Reel für Instagram", "9:16", "reels"),
        ("リール", "9:16", "reels"),
        ("Instagram and TikTok video", "9:16", "reels,tiktok"),
        ("Видео за ТикТок", "9:16", "tiktok"),
        ("A square post for Instagram", "1:1", ""),
        ("A vertical video", "9:16", ""),
        ("A Snapchat story", "9:16", ""),
        ("A reel for the shop", "9:16", "reels"),
        ("A video for Reels", "9:16", "reels"),
        ("Ein Video als Reels", "9:16", "reels"),
        ("TikTok/Reels ad", "9:16", "tiktok,reels"),
        ("Fishing reels for beginners", "16:9", ""),
        ("Two film reels for the museum", "16:9", ""),
        ("Create 3 reels of our café", "9:16", "reels"),
        ("We need Reels", "9:16", "reels"),
        ("Make Reels out of our podcast", "9:16", "reels"),
        ("Two reels", "9:16", "reels"),
        ("Reels ad", "9:16", "reels"),
        ("Haz unos reels de nuestra cafetería", "9:16", "reels"),
        ("Create a film about reels of cable", "16:9", ""),
    ],
)
def test_a_platform_that_the_brief_names_chooses_the_preset_and_its_aspect(
    words: str, aspect: str, preset: str
) -> None:
    there = settle_brief(Brief(text=f'{words}: "Fenn". "It never flickers".'))
    assert (there.aspect, ",".join(one.name for one in there.presets)) == (aspect, preset)


def test_the_plan_says_for_which_platform_it_is_and_an_aspect_that_is_asked_for_wins() -> None:
    brief = Brief(text=f"TikTok for a shop. {TEXT}")
    made = plan(brief)
    assert [one.name for one in made.plan.presets] == ["tiktok"]
    assert any("Made for TikTok, 9:16" in message for message in made.messages)
    wide = plan(replace(brief, aspect="16:9"))
    assert not wide.plan.presets and not any("TikTok," in message for message in wide.messages)


def test_a_film_without_a_preset_has_the_steps_that_it_always_had() -> None:
    made = plan(Brief(text=TEXT)).plan
    steps = build_graph(made, "film").steps
    assert (steps[MIX].args["lufs_milli"], steps[MIX].args["dbtp_milli"]) == (-14_000, -1_000)
    assert not {"presets", "drawn", "lufs_milli"} & steps[FILM].args.keys() and steps[FILM].work == "film"
    same = build_graph(replace(made, presets=parse_presets("youtube")), "film").steps
    assert {key for key in steps if steps[key] != same[key]} == {FILM}, "takes, segments and mix are those of any film"


def test_each_aspect_of_one_film_is_mixed_at_the_loudness_of_its_preset() -> None:
    brief = apply_presets(Brief(text=TEXT), parse_presets("broadcast,reels"))
    assert (brief.aspect, brief.formats) == ("16:9", ("9:16",))
    made = plan(brief).plan
    assert made.fps == (25, 1)
    steps = build_graph(made, "film").steps
    assert {key: step.args["lufs_milli"] for key, step in steps.items() if step.kind == "mix"} == {
        "mix/film": -23_000, "mix/film/9x16": -14_000,
    }  # fmt: skip
    assert choose_loudness(made.presets, (1080, 1080)) == (-14, -1)


@pytest.mark.parametrize(
    ("names", "aspects", "field", "words"),
    [
        ("vimeo", (), "presets", ["youtube, shorts, reels, tiktok, square, broadcast"]),
        ("", (), "presets", ["youtube"]),
        ("youtube,broadcast", (), "presets", ["youtube at -14 LUFS", "broadcast at -23 LUFS", "16:9"]),
        ("tiktok", ("16:9",), "aspect", ["9:16", "tiktok"]),
        ("tiktok,youtube", ("9:16", "1:1"), "aspect", ["16:9", "youtube"]),
    ],
)
def test_what_does_not_go_together_is_refused_by_naming_both(
    names: str, aspects: tuple[str, ...], field: str, words: list[str]
) -> None:
    with pytest.raises(BadInput) as caught:
        apply_presets(Brief(text=TEXT), parse_presets(names), aspects)  # type: ignore[arg-type]
    assert caught.value.field == field
    assert not [word for word in words if word not in caught.value.accepted]


def test_aspects_beside_those_of_the_presets_are_made_too_in_the_order_that_is_asked_for() -> None:
    brief = apply_presets(Brief(text=TEXT), parse_presets("tiktok,reels"), ("1:1", "9:16"))
    assert (brief.aspect, brief.formats) == ("1:1", ("9:16",))
    assert apply_presets(Brief(text=TEXT), parse_presets("tiktok, reels, tiktok")).formats == ()
    assert parse_presets(["TikTok,", "reels"]) == parse_presets("tiktok,reels")
    with pytest.raises(BadInput) as caught:
        parse_presets("tiktok,reles")
    assert caught.value.value == "reles"


def test_a_length_that_is_asked_for_and_too_long_is_refused_and_a_long_film_says_so() -> None:
    with pytest.raises(BadInput) as caught:
        apply_presets(Brief(text=TEXT, length_ms=181_000), parse_presets("reels"))
    assert caught.value.field == "length" and "180 s" in caught.value.accepted
    made = plan(apply_presets(Brief(text=TEXT), parse_presets("reels,tiktok"))).plan
    assert describe_limits(made) == ()
    beat = replace(made.beats[0], shots=(replace(made.shots[0], length=convert_seconds_to_frames(181, made.fps)),))
    long = replace(made, beats=(beat,))
    (said,) = describe_limits(long)
    assert said.startswith(
        f"The film lasts {float(long.seconds):g} s; Instagram and Facebook Reels takes at most 180 s"
    )


def test_a_film_that_is_cut_in_other_aspects_is_no_longer_for_a_platform_of_the_old_ones() -> None:
    made = plan(apply_presets(Brief(text=TEXT), parse_presets("tiktok,youtube"))).plan
    assert [one.name for one in set_aspects(made, ("16:9", "1:1"), is_native=False).presets] == ["youtube"]
    with pytest.raises(BadInput, match="25"):
        set_presets(made, parse_presets("broadcast"))
    with pytest.raises(BadInput, match="1:1"):
        set_presets(made, parse_presets("square"))


@pytest.mark.parametrize(
    ("key", "value"),
    [("size", (10, 10)), ("lufs", 3), ("dbtp", 0), ("fps", (0, 1)), ("max_s", 0), ("unsafe_areas", ((0, 0, 1081, 9),))],
)
def test_a_preset_of_a_plan_that_no_film_can_be_made_for_is_refused_by_its_path(key: str, value: object) -> None:
    made = plan(apply_presets(Brief(text=TEXT), parse_presets("tiktok"))).plan
    wrong = replace(made, presets=(replace(made.presets[0], **{key: value}),))  # type: ignore[arg-type]
    with pytest.raises(BadInput) as caught:
        check_names_and_words(wrong, "plan")
    assert caught.value.field == f"plan.presets.0.{key}"
