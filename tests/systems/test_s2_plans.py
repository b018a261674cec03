"""The ad pipeline (S2) by its document: what is planned of its own requests, and at what price."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from reelwright.planner.casting.budget import price_plan
from reelwright.planner.rules import PlanningResult, plan, plan_work
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan, Shot, map_shots
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Standing
from reelwright.studio.runtime.quality import list_plan_facts, read_findings

SNEAKER: Final = "Create a 30-second Nike sneaker ad, energetic style"
"""The prompt of the document."""
LUNA: Final = "15 second ad for Luna Coffee, morning light"
MODELS: Final = ("hailuo_fast", "veo_fast", "veo", "wan", "kling")


def plan_ad(text: str, model: str = "hailuo_fast", **options: object) -> PlanningResult:
    return plan(Brief(text=text, flavor="ads", models=(model,), stills="flux-dev", **options))  # type: ignore[arg-type]


def list_titles(made: Plan) -> list[tuple[str, str, int]]:
    """List what lies over the film: layout, name, and its first frame in the film."""
    windows = made.compute_windows()
    return [
        (over.text, over.words["name"], windows[shot.id][0] + over.start)
        for shot in made.shots for over in shot.overlays if over.kind == "title" and "name" in over.words
    ]  # fmt: skip


def list_requests(made: Plan) -> list[Request]:
    return [shot.source for shot in made.shots if isinstance(shot.source, Request)]


def test_s2_01_the_name_stands_over_the_opening_and_the_end_of_its_own_film() -> None:
    made = plan_ad(SNEAKER, title="Nike Air").plan
    assert made.title == "Nike Air" and list_titles(made) == [
        ("reveal", "Nike Air", 0),
        ("end_card", "Nike Air", 27 * 30),
    ]
    plain = plan_ad(SNEAKER).plan
    assert plain.title == list_titles(plain)[0][1] == "Nike sneaker", "without a title, what it is about"
    assert list_titles(plan_ad(SNEAKER, title="Nike Sneaker Ad").plan)[0][1] == "Nike Sneaker", (
        "it is no word of the ad"
    )
    luna = plan_ad("15 second ad for “Luna Coffee”, morning light").plan
    assert [one[:2] for one in list_titles(luna)] == [("reveal", "Luna Coffee"), ("end_card", "Luna Coffee")]
    for silent in (plan_ad(SNEAKER, overlays="none").plan, plan_ad(f"{SNEAKER}, no text").plan):
        assert list_titles(silent) == []
    worded = plan_ad("A 15 second ad for “Fenn”, a desk lamp. Order at fenn.example", overlays="none").plan
    assert not any(shot.words or shot.overlays for shot in worded.shots)
    assert not list_titles(plan(Brief(text="a fox learns to skate", models=("kling",))).plan), "no advert"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("text", [SNEAKER, LUNA])
def test_s2_10_a_still_opens_each_beat_and_the_last_frame_every_other_take(text: str, model: str) -> None:
    made = plan_ad(text, model).plan
    for beat in made.beats:
        first, *rest = [shot for shot in beat.shots if isinstance(shot.source, Request) and shot.source.mode != "take"]
        assert first.opening.source == "storyboard" and first.still
        assert all(shot.opening.source == "previous" and shot.still is None for shot in rest)
    bought = list_requests(made)
    assert len({one.model for one in bought}) == 1, "the model that was asked for makes the whole film"
    assert len({one.prompt for one in bought}) == len(bought)
    assert not any(word in one.prompt for one in bought for word in ("Create", "30-second", "15 second", " ad "))


@pytest.mark.parametrize(("usd", "beats", "seconds"), [
    ("1.05", ["hook", "reveal", "demo", "benefit"], 30), ("1.04", ["hook", "reveal", "benefit"], 18),
    ("0.64", ["hook", "reveal"], 12), ("0.43", ["hook", "reveal"], 12),
])  # fmt: skip
def test_s2_24_what_the_budget_has_no_room_for_is_left_out_before_the_price(
    usd: str, beats: list[str], seconds: int
) -> None:
    most = int(usd.replace(".", "")) * 10_000
    found = plan_ad(SNEAKER, max_price=most, title="Nike")
    assert [beat.name for beat in found.plan.beats] == beats and found.plan.length == seconds * 30
    assert (price_plan(found.plan) or 0) <= most
    assert not [one for one in list_requests(found.plan) if one.mode == "take"], "nothing is drawn without words"
    assert list_titles(found.plan) == [("reveal", "Nike", 0), ("end_card", "Nike", (seconds - 3) * 30)]
    bed = found.plan.bed
    assert bed and bed.request.ms == seconds * 1000


def test_s2_13_takes_with_sound_of_their_own_keep_it_and_no_music_is_laid_under() -> None:
    made = plan_ad(SNEAKER, "veo_fast").plan
    assert made.bed is None and {shot.sound for shot in made.shots} == {"keep"}
    assert all(one.sound is not False for one in list_requests(made))
    asked = plan_ad(SNEAKER, "veo_fast", music="eleven-music").plan
    assert asked.bed and {shot.sound for shot in asked.shots} == {"keep"}
    silent = plan_ad(SNEAKER, "hailuo_fast").plan
    assert silent.bed and {shot.sound for shot in silent.shots} == {"mute"}


def read_checks(made: Plan, expected: dict[str, object]) -> list[tuple[str, str | None]]:
    outcome = Outcome(fingerprint=Fingerprint("f"), assets=(), facts={"expected": expected})
    facts = list_plan_facts(Standing(
        account="a", project="p", brief=Brief(text=SNEAKER), revision=1, plan=made, choices=Choices(), job=None,
        outcomes={outcome.fingerprint: outcome}, deleted_assets=frozenset(),
    ))  # fmt: skip
    return [(one.check, one.shot) for one in read_findings({"findings": facts}, made) if one.is_fault]


def test_s2_59_a_film_without_a_word_or_with_the_instruction_in_a_prompt_fails() -> None:
    made = plan_ad(SNEAKER, title="Nike").plan
    expected = {"name": "Nike", "instructions": ["Create a 30-second Nike sneaker ad"]}
    assert read_checks(made, expected) == []
    bare = map_shots(made, lambda shot: replace(shot, overlays=()))
    assert read_checks(bare, expected) == [("wordless", None)]
    assert read_checks(bare, {**expected, "name": ""}) == [], "overlays: none, or no name"
    first = made.shots[0].id

    def instruct(shot: Shot) -> Shot:
        assert isinstance(shot.source, Request)
        prompt = f"Close-up of {SNEAKER}, in motion." if shot.id == first else shot.source.prompt
        return replace(shot, source=replace(shot.source, prompt=prompt))

    assert read_checks(map_shots(made, instruct), expected) == [("instruction", first)]


@pytest.mark.parametrize(("text", "options", "name"), [
    (SNEAKER, {"title": "Nike"}, "Nike"), (SNEAKER, {"overlays": "none"}, ""),
    ("A 15 second ad for “Fenn”, a desk lamp.", {}, "Fenn"),
    ("A 15 second ad for “Fenn”, a desk lamp. No text.", {}, ""),
])  # fmt: skip
def test_s2_59_a_plan_records_what_the_gate_holds_its_film_against(
    text: str, options: dict[str, str], name: str, tmp_path: Path
) -> None:
    brief = Brief(text=text, flavor="ads", models=("hailuo_fast",), stills="flux-dev", **options)  # type: ignore[arg-type]
    found = plan_work({"brief": to_plain(brief)}, (), tmp_path, lambda _: None).facts["expected"]
    assert found["name"] == name
    assert text != SNEAKER or found["instructions"][0].startswith("Create a 30-second")
