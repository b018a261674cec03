"""How each beat is staged: one file a beat, each a function that lays layers on a stage."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.media.animatic.stage import Stage
from reelwright.media.animatic.stagings.agitate import set_agitate
from reelwright.media.animatic.stagings.benefit import set_benefit
from reelwright.media.animatic.stagings.brand import set_brand
from reelwright.media.animatic.stagings.cold_open import set_cold_open
from reelwright.media.animatic.stagings.cta import set_cta
from reelwright.media.animatic.stagings.demo import set_demo
from reelwright.media.animatic.stagings.end_card import set_end_card
from reelwright.media.animatic.stagings.hook import set_hook
from reelwright.media.animatic.stagings.offer import set_offer
from reelwright.media.animatic.stagings.problem import set_problem
from reelwright.media.animatic.stagings.proof import set_proof
from reelwright.media.animatic.stagings.reveal import set_reveal
from reelwright.media.animatic.stagings.testimonial import set_testimonial
from reelwright.media.animatic.stagings.transformation import set_transformation
from reelwright.media.animatic.stagings.urgency import set_urgency

STAGINGS: dict[str, Callable[[Stage], None]] = {
    "cold_open": set_cold_open,
    "hook": set_hook,
    "problem": set_problem,
    "agitate": set_agitate,
    "reveal": set_reveal,
    "demo": set_demo,
    "benefit": set_benefit,
    "proof": set_proof,
    "transformation": set_transformation,
    "testimonial": set_testimonial,
    "offer": set_offer,
    "urgency": set_urgency,
    "brand": set_brand,
    "cta": set_cta,
    "end_card": set_end_card,
}
