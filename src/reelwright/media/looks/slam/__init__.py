"""Slam: the stagings of every beat, a beat's own function first, then compositions in the beat's skin."""

from __future__ import annotations

from reelwright.media.looks.slam.beats.agitate import set_agitate
from reelwright.media.looks.slam.beats.benefit import set_benefit
from reelwright.media.looks.slam.beats.brand import set_brand
from reelwright.media.looks.slam.beats.cold_open import set_cold_open
from reelwright.media.looks.slam.beats.cta import set_cta
from reelwright.media.looks.slam.beats.cta_band import set_cta_band
from reelwright.media.looks.slam.beats.demo import set_demo
from reelwright.media.looks.slam.beats.demo_listing import set_listing
from reelwright.media.looks.slam.beats.demo_steps import choose_by_steps, set_one_by_one, set_stairs
from reelwright.media.looks.slam.beats.end_card import set_end_card
from reelwright.media.looks.slam.beats.hook import set_answer, set_hook
from reelwright.media.looks.slam.beats.offer import set_offer
from reelwright.media.looks.slam.beats.problem import set_problem
from reelwright.media.looks.slam.beats.proof import set_proof
from reelwright.media.looks.slam.beats.proof_field import set_proof_field
from reelwright.media.looks.slam.beats.reveal import set_reveal
from reelwright.media.looks.slam.beats.testimonial import set_testimonial
from reelwright.media.looks.slam.beats.transformation import set_transformation
from reelwright.media.looks.slam.beats.urgency import set_urgency
from reelwright.media.looks.slam.boards import SlamFigures
from reelwright.media.looks.slam.compositions import (
    Skin,
    choose_by_key_word,
    make_band,
    make_giant,
    make_low,
    make_plate,
    make_rows,
    show_day,
    show_photo,
)
from reelwright.media.looks.slam.joins import add_ending
from reelwright.media.looks.slam.motifs import show_emblem
from reelwright.media.staging.figures.staging import make_figures
from reelwright.media.staging.stagings import Staging, Stagings


def _choose_giant(skin: Skin) -> Staging:
    """Make a staging of a word as large as it goes where there is one, and no photograph; else of a band."""
    return show_photo(choose_by_key_word(make_giant(skin), make_band(skin)), make_band(skin))


_BEATS: dict[str, tuple[Staging, ...]] = {
    "cold_open": (set_cold_open,),
    "hook": (
        show_photo(set_hook, make_band(Skin(ground="bg", slab="accent", field="shade"))),
        make_rows(Skin(ground="bg", slab="accent", field="accent")),
        make_band(Skin(ground="accent", slab="bg", field="shade")),
    ),
    "problem": (
        set_problem,
        make_band(Skin(ground="surface", slab="pale", field="dim", device="strike", grade="mono")),
        make_low(Skin(ground="bg", slab="bg", field="pale", device="strike", grade="drained")),
    ),
    "agitate": (
        set_agitate,
        make_rows(Skin(ground="bg", slab="text", field="accent")),
        _choose_giant(Skin(ground="pale", slab="bg", field="shade", grade="mono")),
    ),
    "reveal": (set_reveal,),
    "demo": (
        show_photo(set_demo, make_rows(Skin(ground="bg", slab="bg", field="accent"))),
        choose_by_steps(set_stairs, make_low(Skin(ground="bg", slab="accent", field="accent"))),
        choose_by_steps(set_one_by_one, make_band(Skin(ground="accent", slab="paper", field="shade"))),
    ),
    "benefit": (
        show_photo(set_benefit, make_rows(Skin(ground="bg", slab="accent", field="shade"))),
        make_low(Skin(ground="paper", slab="bg", field="accent")),
        _choose_giant(Skin(ground="bg", slab="text", field="accent")),
    ),
    "proof": (set_proof, set_proof_field),
    "transformation": (set_transformation,),
    "testimonial": (set_testimonial,),
    "offer": (set_offer,),
    "urgency": (set_urgency,),
    "brand": (
        show_photo(set_brand, make_rows(Skin(ground="bg", slab="bg", field="accent"), "name")),
        show_photo(
            choose_by_key_word(
                make_giant(Skin(ground="accent", slab="bg", field="shade"), "name"),
                make_low(Skin(ground="accent", slab="bg", field="shade")),
                "name",
            ),
            make_band(Skin(ground="bg", slab="accent", field="shade"), "name"),
        ),
        make_band(Skin(ground="bg", slab="text", field="accent"), "name"),
    ),
    "cta": (set_cta, set_cta_band),
    "end_card": (set_end_card,),
}

_PARAGRAPHS: dict[str, Staging] = {
    "hook": make_plate(Skin(ground="accent", slab="bg", field="shade")),
    "problem": make_plate(Skin(ground="pale", slab="bg", field="shade", grade="mono")),
    "agitate": make_plate(Skin(ground="bg", slab="bg", field="pale")),
    "demo": make_plate(Skin(ground="paper", slab="bg", field="accent")),
    "benefit": make_plate(Skin(ground="accent", slab="bg", field="shade")),
    "brand": make_plate(Skin(ground="bg", slab="bg", field="accent")),
}
"""Stagings of beats with more words than a headline has."""

_DATED = ("demo", "benefit", "brand", "urgency")
"""Beats whose lines may be the date of an event."""

STAGINGS = Stagings(
    has_own_steps=True,
    beats={beat: tuple(map(show_day, stagings)) if beat in _DATED else stagings for beat, stagings in _BEATS.items()},
    paragraphs=_PARAGRAPHS,
    listing=set_listing,
    figures=make_figures(SlamFigures),
    openings=(show_emblem,),
    answer=set_answer,
    joins=(add_ending,),
)
