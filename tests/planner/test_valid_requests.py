"""What casting and edits send is valid before money is spent, and a clip's words stay the words that were typed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reelwright.planner.casting.clip import ClipRequest, plan_clip
from reelwright.planner.edits.edit import rematch
from reelwright.planner.match import is_drawn
from reelwright.planner.roles import list_core_roles
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import OwnFootage
from reelwright.reel.graph.request import Request
from reelwright.studio.scripts.flavoring import apply_flavor
from reelwright.units import Micros

BRIEFS = (
    "Create a 30-second Nike ad",
    "Mach eine Werbung für Tee",
    "Advertise tea for 20 seconds",
    "Un anuncio de 15 segundos",
    "ナイキの広告",
)


def test_a_clip_keeps_the_words_typed_and_editing_back_finds_its_order() -> None:
    clip = plan_clip(ClipRequest(prompt="A heron", model="openrouter-wan-2.7", seconds=Fraction(4))).plan
    shot = clip.shots[0]
    edited = rematch(clip, shot.id, prompt="A fox; style: noir")
    sent = edited.shots[0].source
    assert isinstance(sent, Request) and isinstance(shot.source, Request)
    assert (sent.prompt, sent.extra) == ("A fox; style: noir", shot.source.extra)
    back = rematch(edited, shot.id, prompt="A heron")
    assert back.shots[0].source == shot.source


@pytest.mark.parametrize("model", ["wan", "hailuo", "veo_fast", "veo", "kling"])
@pytest.mark.parametrize("most", [None, 200_000, 1_000_000, 3_000_000])
@pytest.mark.parametrize("text", BRIEFS)
def test_every_drawn_shot_of_a_filmed_film_has_the_words_that_its_staging_needs(
    model: str, most: int | None, text: str
) -> None:
    price = None if most is None else Micros(most)
    brief = Brief(text=text, models=(model,), stills="flux-dev", max_price=price)
    for shot in plan(apply_flavor(brief, "default", None)).plan.shots:
        if not isinstance(shot.source, OwnFootage) and is_drawn(shot.source):
            core = list_core_roles(shot)
            assert not core or any(shot.words.get(role) for role in core)
