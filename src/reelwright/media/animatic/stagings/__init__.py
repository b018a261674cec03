"""How each beat is staged: a beat's own function first, then shared compositions in the beat's skin."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.media.animatic.compositions import Skin, band, giant, low, of_few_words, plate, rows
from reelwright.media.animatic.stage import Stage
from reelwright.media.animatic.stagings.agitate import set_agitate
from reelwright.media.animatic.stagings.benefit import set_benefit
from reelwright.media.animatic.stagings.brand import set_brand
from reelwright.media.animatic.stagings.cold_open import set_cold_open
from reelwright.media.animatic.stagings.cta import set_cta
from reelwright.media.animatic.stagings.cta_band import set_cta_band
from reelwright.media.animatic.stagings.demo import set_demo
from reelwright.media.animatic.stagings.demo_steps import one_by_one, stairs, with_steps
from reelwright.media.animatic.stagings.end_card import set_end_card
from reelwright.media.animatic.stagings.hook import set_hook
from reelwright.media.animatic.stagings.offer import set_offer
from reelwright.media.animatic.stagings.problem import set_problem
from reelwright.media.animatic.stagings.proof import set_proof
from reelwright.media.animatic.stagings.proof_field import set_proof_field
from reelwright.media.animatic.stagings.reveal import set_reveal
from reelwright.media.animatic.stagings.testimonial import set_testimonial
from reelwright.media.animatic.stagings.transformation import set_transformation
from reelwright.media.animatic.stagings.urgency import set_urgency

Compositions = tuple[Callable[[Stage], None], ...]

STAGINGS: dict[str, Compositions] = {
    "cold_open": (set_cold_open,),
    "hook": (
        set_hook,
        rows(Skin(ground="bg", slab="accent", field="accent")),
        band(Skin(ground="accent", slab="bg", field="shade", grade="duo")),
    ),
    "problem": (
        set_problem,
        band(Skin(ground="surface", slab="drained", field="muted", device="strike", grade="mono")),
        low(Skin(ground="bg", slab="bg", field="drained", device="strike", grade="drained")),
    ),
    "agitate": (
        set_agitate,
        rows(Skin(ground="bg", slab="text", field="accent")),
        of_few_words(
            giant(Skin(ground="drained", slab="bg", field="shade", grade="mono")),
            band(Skin(ground="drained", slab="bg", field="shade", grade="mono")),
        ),
    ),
    "reveal": (set_reveal,),
    "demo": (
        set_demo,
        with_steps(stairs, low(Skin(ground="bg", slab="accent", field="accent"))),
        with_steps(one_by_one, band(Skin(ground="accent", slab="paper", field="shade"))),
    ),
    "benefit": (
        set_benefit,
        low(Skin(ground="paper", slab="bg", field="accent")),
        of_few_words(
            giant(Skin(ground="bg", slab="text", field="accent")),
            band(Skin(ground="bg", slab="text", field="accent", grade="duo")),
        ),
    ),
    "proof": (set_proof, set_proof_field),
    "transformation": (set_transformation,),
    "testimonial": (set_testimonial,),
    "offer": (set_offer,),
    "urgency": (set_urgency,),
    "brand": (
        set_brand,
        of_few_words(
            giant(Skin(ground="accent", slab="bg", field="shade"), "name"),
            plate(Skin(ground="accent", slab="bg", field="shade")),
            "name",
        ),
        band(Skin(ground="bg", slab="text", field="accent", grade="duo")),
    ),
    "cta": (set_cta, set_cta_band),
    "end_card": (set_end_card,),
}

PLATES: dict[str, Callable[[Stage], None]] = {
    "hook": plate(Skin(ground="accent", slab="bg", field="shade", grade="duo")),
    "problem": plate(Skin(ground="drained", slab="bg", field="shade", grade="mono")),
    "agitate": plate(Skin(ground="bg", slab="bg", field="drained")),
    "demo": plate(Skin(ground="paper", slab="bg", field="accent")),
    "benefit": plate(Skin(ground="accent", slab="bg", field="shade")),
    "brand": plate(Skin(ground="bg", slab="bg", field="accent", grade="duo")),
}
"""How a beat sets more words than a headline has."""
