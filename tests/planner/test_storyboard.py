"""Scenes of a storyboard are what a model films, in order; its slides are read, and no label is shown."""

from __future__ import annotations

import pytest

from reelwright.planner.reading.draft import draft_facts
from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import Request

SCENES = (
    "Make a 20s ad. Scene 1: a kitchen at dawn. Scene 2: a garden in the rain. Scene 3: a smile. For Arlo Foods.",
    ["a kitchen at dawn", "a garden in the rain", "a smile"],
)
GERMAN = (
    "Werbefilm für Bergquell. Szene 1: Ein Wanderer kommt an eine Quelle. Er trinkt. Szene 2: Flasche auf dem Tisch.",
    ["Ein Wanderer kommt an eine Quelle. Er trinkt", "Flasche auf dem Tisch"],
)
SHOTS = (
    "Storyboard:\nShot 1 - close up of sneakers on wet asphalt\nShot 2 - runner passes a bridge\n"
    'Shot 3 - a finish line, text "Run anyway."\nBrand: Velo',
    ["close up of sneakers on wet asphalt", "runner passes a bridge", "a finish line"],
)


@pytest.mark.parametrize(("brief", "scenes"), [SCENES, GERMAN, SHOTS])
def test_scenes_are_seen_in_order_and_have_no_labels(brief: str, scenes: list[str]) -> None:
    facts = read_brief(brief)
    assert [part.text for part in facts.list_pictures("subject")] == scenes
    assert not any(label in piece.text for piece in facts.pieces for label in ("Scene", "Szene", "Shot"))


def test_a_model_films_the_scenes_and_nobody_reads_them() -> None:
    brief, scenes = SCENES
    shots = plan(Brief(text=brief, models=("openrouter-kling-v3-std",))).plan.shots
    prompts = [shot.source.prompt.casefold() for shot in shots if isinstance(shot.source, Request)]
    first = [next(n for n, prompt in enumerate(prompts) if scene in prompt) for scene in scenes]
    assert first == sorted(set(first))
    assert not any(scene in words for shot in shots for words in shot.words.values() for scene in scenes)


def test_where_nothing_is_filmed_the_scenes_are_told() -> None:
    brief, scenes = SCENES
    shown = [line.screen.text for line in draft_facts(read_brief(brief)).lines]
    assert [text for text in shown if text in scenes] == scenes


def test_slides_are_read_without_their_labels() -> None:
    pieces = read_brief("Slide 1: our team. Slide 2: our year. Slide 3: thank you. For Kern AG.").pieces
    assert {"our team", "our year", "thank you"} <= {piece.text for piece in pieces}


def test_a_single_scene_is_no_storyboard() -> None:
    facts = read_brief("Scene 1: the reopening night at Club Mono. Friday 9pm. clubmono.example")
    assert not any(part.text.startswith("the reopening") for part in facts.list_pictures("subject"))


def test_what_has_a_price_is_no_scene() -> None:
    facts = read_brief("Two scenes of Verdi. Scene 1: Friday, £12 a seat. Scene 2: Sunday, £18 a seat. verdi.example")
    assert not any("£" in part.text for part in facts.list_pictures("subject"))
