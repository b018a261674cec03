"""Paper: sheets, ink and prints on a table; every beat has its own way to lie there."""

from __future__ import annotations

from reelwright.media.looks.paper.boards import PaperFigures
from reelwright.media.looks.paper.figures import set_offer, set_proof, set_transformation, set_urgency
from reelwright.media.looks.paper.names import set_cta, set_end_card, set_reveal
from reelwright.media.looks.paper.people import set_demo, set_listing, set_testimonial
from reelwright.media.looks.paper.words import (
    set_agitate,
    set_answer,
    set_benefit,
    set_brand,
    set_cold_open,
    set_hook,
    set_problem,
)
from reelwright.media.staging.figures.staging import make_figures
from reelwright.media.staging.stagings import Stagings

# A function that stands several times has so many compositions: it chooses by the shot's variant.
STAGINGS = Stagings(
    beats={
        "cold_open": (set_cold_open,),
        "hook": (set_hook,) * 3,
        "problem": (set_problem,),
        "agitate": (set_agitate,),
        "reveal": (set_reveal,),
        "demo": (set_demo,) * 3,
        "benefit": (set_benefit,) * 4,
        "proof": (set_proof,) * 2,
        "transformation": (set_transformation,) * 2,
        "testimonial": (set_testimonial,),
        "offer": (set_offer,),
        "urgency": (set_urgency,),
        "brand": (set_brand,) * 3,
        "cta": (set_cta,),
        "end_card": (set_end_card,),
    },
    answer=set_answer,
    listing=set_listing,
    figures=make_figures(PaperFigures),
)
