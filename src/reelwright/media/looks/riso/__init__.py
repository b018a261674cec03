"""Riso: three plates of ink on warm paper; every beat is printed in its own way, and letters bounce."""

from __future__ import annotations

from reelwright.media.looks.riso.boards import RisoFigures
from reelwright.media.looks.riso.closing import set_cta, set_end_card, set_reveal
from reelwright.media.looks.riso.deals import set_dated_brand, set_offer, set_urgency
from reelwright.media.looks.riso.figures import set_proof, set_transformation
from reelwright.media.looks.riso.lines import (
    set_agitate,
    set_answer,
    set_benefit,
    set_cold_open,
    set_hook,
    set_problem,
)
from reelwright.media.looks.riso.people import set_demo, set_listing, set_testimonial
from reelwright.media.looks.riso.press import add_tooth
from reelwright.media.staging.figures.staging import make_figures
from reelwright.media.staging.stagings import Stagings

# A function that stands several times has so many compositions: it chooses by the shot's variant.
STAGINGS = Stagings(
    beats={
        "cold_open": (set_cold_open,),
        "hook": (set_hook,) * 3,
        "problem": (set_problem,) * 2,
        "agitate": (set_agitate,) * 2,
        "reveal": (set_reveal,) * 2,
        "demo": (set_demo,) * 5,
        "benefit": (set_benefit,) * 6,
        "proof": (set_proof,) * 3,
        "transformation": (set_transformation,) * 2,
        "testimonial": (set_testimonial,) * 2,
        "offer": (set_offer,) * 2,
        "urgency": (set_urgency,) * 2,
        "brand": (set_dated_brand,) * 5,
        "cta": (set_cta,) * 2,
        "end_card": (set_end_card,) * 2,
    },
    listing=set_listing,
    figures=make_figures(RisoFigures),
    answer=set_answer,
    joins=(add_tooth,),
)
