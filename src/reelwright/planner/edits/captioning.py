"""Edits of all captions of a film: how they are drawn over the picture, and when they come."""

from __future__ import annotations

from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.reel.film.cues import compute_cues, compute_shift_bounds, trim_cues
from reelwright.reel.film.plan import CaptionChoice, Plan


def choose_captions(plan: Plan, choice: CaptionChoice) -> Plan:
    """Return the plan whose captions are drawn in another style, or not at all (``off``); the caption files stay.

    Raises ``BadInput`` for a film that has no captions over its pictures.
    """
    if not has_drawn_captions(plan):
        raise BadInput("captions", choice, "a film with captions over its pictures")
    return replace(plan, caption_choice="" if choice == plan.caption_style else choice, author="person")


def has_drawn_captions(plan: Plan) -> bool:
    """Return whether a shot of the film has captions over its picture, if the person wants them there."""
    cues, windows = compute_cues(plan), plan.compute_windows()
    return any(shot.text_mode == "caption" and trim_cues(cues, *windows[shot.id]) for shot in plan.shots)


def shift_captions(plan: Plan, seconds: float) -> Plan:
    """Return the plan whose captions all come ``seconds`` later than planned, or earlier; in the picture and the files.

    Raises ``BadInput`` for a film without captions, and where one could no longer be read inside the film.
    """
    least, most = compute_shift_bounds(plan)
    if not compute_cues(plan):
        raise BadInput("caption_shift", seconds, "a film with captions")
    if not least <= seconds <= most:
        inside = f"seconds from {float(least):.2f} to {float(most):.2f}, so that each caption can be read in the film"
        raise BadInput("caption_shift", seconds, inside)
    return replace(plan, caption_shift_ms=round(seconds * 1000), author="person")
