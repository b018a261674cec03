"""Grid: twelve columns and rules; words stand flush left and rise out of them, figures count in one width."""

from __future__ import annotations

from reelwright.media.looks.grid.boards import set_figures
from reelwright.media.looks.grid.closing import set_cta, set_end_card
from reelwright.media.looks.grid.headlines import (
    set_agitate,
    set_answer,
    set_benefit,
    set_brand,
    set_cold_open,
    set_hook,
    set_problem,
)
from reelwright.media.looks.grid.names import set_reveal
from reelwright.media.looks.grid.panels import set_demo, set_listing, set_testimonial
from reelwright.media.looks.grid.values import set_offer, set_proof, set_transformation, set_urgency
from reelwright.media.staging.stagings import Stagings

# A function that stands several times has so many compositions: it chooses by the shot's variant.
STAGINGS = Stagings(
    has_own_steps=True,
    beats={
        "cold_open": (set_cold_open,),
        "hook": (set_hook,) * 3,
        "problem": (set_problem,) * 2,
        "agitate": (set_agitate,),
        "reveal": (set_reveal,) * 3,
        "demo": (set_demo,) * 3,
        "benefit": (set_benefit,) * 5,
        "proof": (set_proof,) * 3,
        "transformation": (set_transformation,),
        "testimonial": (set_testimonial,),
        "offer": (set_offer,),
        "urgency": (set_urgency,),
        "brand": (set_brand,) * 3,
        "cta": (set_cta,),
        "end_card": (set_end_card,) * 2,
    },
    listing=set_listing,
    figures=set_figures,
    answer=set_answer,
)
