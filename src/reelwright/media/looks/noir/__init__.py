"""Noir: a dark room, one lamp, letters of foil; every beat has its own way to stand in the light."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.media.looks.noir.boards import NoirFigures
from reelwright.media.looks.noir.closing import set_brand, set_cta, set_end_card, set_reveal
from reelwright.media.looks.noir.layouts import HEADLINES, set_answer, set_scene
from reelwright.media.looks.noir.people import set_demo, set_listing, set_testimonial
from reelwright.media.looks.noir.values import set_offer, set_proof, set_transformation, set_urgency
from reelwright.media.staging.figures.staging import make_figures
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import Stagings


def _set_line(beat: str) -> Callable[[Stage], None]:
    """Make the staging of a beat that is one headline."""

    def stage_line(stage: Stage) -> None:
        set_scene(stage, stage.get_words("line"), beat, "line")

    return stage_line


# A function that stands several times has so many compositions: it chooses by the shot's variant.
STAGINGS = Stagings(
    beats={
        **{beat: (_set_line(beat),) * len(HEADLINES[beat])
           for beat in ("cold_open", "hook", "problem", "agitate", "benefit")},
        "reveal": (set_reveal,) * 3,
        "demo": (set_demo,) * 3,
        "proof": (set_proof,) * 3,
        "transformation": (set_transformation,) * 3,
        "testimonial": (set_testimonial,) * 3,
        "offer": (set_offer,) * 3,
        "urgency": (set_urgency,) * 2,
        "brand": (set_brand,) * 3,
        "cta": (set_cta,) * 3,
        "end_card": (set_end_card,) * 2,
    },
    answer=set_answer,
    listing=set_listing,
    figures=make_figures(NoirFigures),
)  # fmt: skip
