"""Signal: a dark screen whose dots carry a wave; words are typed and selected, cards slide in, a cursor presses."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.media.looks.signal.boards import SignalFigures
from reelwright.media.looks.signal.closing import set_cta, set_end_card, set_reveal
from reelwright.media.looks.signal.figures import set_proof
from reelwright.media.looks.signal.headlines import HEADLINES, set_answer, set_brand, set_line
from reelwright.media.looks.signal.panels import set_demo, set_listing, set_testimonial
from reelwright.media.looks.signal.values import set_offer, set_transformation, set_urgency
from reelwright.media.staging.figures.staging import make_figures
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import Stagings


def _set_line(beat: str) -> Callable[[Stage], None]:
    """Make the staging of a beat that is one line."""

    def stage_line(stage: Stage) -> None:
        set_line(stage, stage.get_words("line"), beat)

    return stage_line


# A function that stands several times has so many compositions: it chooses by the shot's variant.
STAGINGS = Stagings(
    beats={
        **{beat: (_set_line(beat),) * len(HEADLINES[beat])
           for beat in ("cold_open", "hook", "problem", "agitate", "benefit")},
        "reveal": (set_reveal,),
        "demo": (set_demo,) * 3,
        "proof": (set_proof,) * 2,
        "transformation": (set_transformation,),
        "testimonial": (set_testimonial,),
        "offer": (set_offer,),
        "urgency": (set_urgency,) * 2,
        "brand": (set_brand,) * 3,
        "cta": (set_cta,) * 2,
        "end_card": (set_end_card,),
    },
    answer=set_answer,
    listing=set_listing,
    figures=make_figures(SignalFigures),
)  # fmt: skip
