"""Checks a plan against the hard rules of an ad and says what is wrong, and where."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from reelwright.planner.counting import compute_reading_frames
from reelwright.planner.match import is_drawn
from reelwright.planner.tables import load_beats, load_tones
from reelwright.reel.base.value import define_value
from reelwright.reel.film.plan import Beat, OwnFootage, Plan, Shot
from reelwright.reel.graph.request import Request

SHORT_S: Final = Fraction(11, 2)
"""Films below this many seconds have one or two beats: a hook may go straight to the end card."""
BARE_S: Final = Fraction(12, 10)
"""Longest time that a drawn shot may stand without words or picture: a look's texture alone is not a picture."""
REQUIRES: Final = {"agitate": "problem", "urgency": "offer", "transformation": "problem"}


@define_value
class Finding:
    """A rule that a plan breaks. ``beat`` names the beat by its place, ``2 problem``, or is empty."""

    rule: str
    beat: str
    message: str


def check(plan: Plan) -> tuple[Finding, ...]:
    """Find every hard rule that ``plan`` breaks. Source: craft.md 1.1 (constraints 1 to 4), read 2026-11-20."""
    found = [
        *_check_ends(plan),
        *_check_order(plan),
        *_check_requirements(plan),
        *_check_brand(plan),
        *_check_contrast(plan),
        *_check_reading(plan),
    ]
    return (*found, *_check_bare_shots(plan), *_check_sums(plan))


def _name_place(plan: Plan, index: int) -> str:
    return f"{index + 1} {plan.beats[index].name}"


def _check_ends(plan: Plan) -> list[Finding]:
    names = [beat.name for beat in plan.beats]
    found = []
    if names.count("end_card") != 1 or names[-1] != "end_card":
        found.append(Finding(rule="1 end card", beat="", message="exactly one end_card, as the last beat"))
    if names[0] not in ("hook", "cold_open") and not (len(names) == 1 and plan.seconds < SHORT_S):
        found.append(Finding(rule="1 start", beat=_name_place(plan, 0), message="a film starts with hook or cold_open"))
    if names.count("hook") > 1 or names.count("cold_open") > 1:
        found.append(Finding(rule="1 start", beat="", message="one hook and one cold_open at most"))
    return found


def _check_order(plan: Plan) -> list[Finding]:
    rules = load_beats()
    found = []
    for index, (here, after) in enumerate(zip(plan.beats, plan.beats[1:], strict=False)):
        if here.name not in rules:
            found.append(Finding(rule="1 beat", beat=_name_place(plan, index), message="not one of the fifteen beats"))
        elif after.name not in list_followers(here.name, plan.seconds):
            message = f"{here.name} may not be followed by {after.name}"
            found.append(Finding(rule="1 order", beat=_name_place(plan, index + 1), message=message))
    return found


def list_followers(name: str, seconds: Fraction) -> tuple[str, ...]:
    """Return the beats that may follow ``name`` in a film of ``seconds``."""
    after = load_beats()[name].followed_by
    return (*after, "end_card") if name == "hook" and seconds < SHORT_S else after


def _check_requirements(plan: Plan) -> list[Finding]:
    names = [beat.name for beat in plan.beats]
    found = []
    for index, beat in enumerate(plan.beats):
        needed = REQUIRES.get(beat.name)
        if needed and needed not in names[:index]:
            found.append(
                Finding(rule="1 requires", beat=_name_place(plan, index), message=f"{beat.name} requires {needed}")
            )
        if beat.name == "testimonial" and not any(shot.words.get("quote") for shot in beat.shots):
            found.append(
                Finding(rule="1 requires", beat=_name_place(plan, index), message="testimonial requires a quote")
            )
    return found


def _check_brand(plan: Plan) -> list[Finding]:
    """Check that the brand is cued early, and that the reveal comes neither too late nor too early."""
    names = [beat.name for beat in plan.beats]
    if "reveal" not in names or plan.author != "rules":
        return []
    total = plan.length
    at = Fraction(plan.beats[names.index("reveal")].start, total)
    latest = Fraction(load_tones()[plan.tone].brand_by if plan.tone in load_tones() else 400, 1000)
    found = []
    if at > latest:
        found.append(Finding(rule="2 reveal", beat="", message=f"the reveal starts at {float(at):.2f} of the film"))
    if at < Fraction(1, 5) and not _has_late_offer(plan):
        found.append(Finding(rule="3 energy", beat="", message=f"the reveal starts at {float(at):.2f} of the film"))
    if not has_early_brand_cue(plan):
        found.append(Finding(rule="2 brand", beat="", message="no cue of the brand early enough"))
    return found


def has_early_brand_cue(plan: Plan) -> bool:
    """Return whether the brand is cued as early as the film's tone asks."""
    latest = Fraction(load_tones()[plan.tone].brand_by if plan.tone in load_tones() else 400, 1000)
    return find_brand_cue(plan) <= max(
        compute_brand_deadline(plan), latest * plan.length if latest > Fraction(2, 5) else 0
    )


def compute_brand_deadline(plan: Plan) -> Fraction:
    """Compute the frame by which a film must show its brand: after five seconds, or a third of the film if that is
    sooner.
    """
    return min(Fraction(5 * plan.fps[0], plan.fps[1]), Fraction(33, 100) * plan.length)


def find_brand_cue(plan: Plan) -> int:
    """Find the first frame at which name, product or bug is seen, or the film's length if none ever is."""
    windows = plan.compute_windows()
    for beat in plan.beats:
        for shot in beat.shots:
            starts = [overlay.start for overlay in shot.overlays if overlay.kind == "bug"]
            if shot.words.get("name") or _has_cutout(shot) or beat.name in ("reveal", "end_card"):
                starts.append(type(shot.length)(0))
            if starts:
                return windows[shot.id][0] + min(starts)
    return plan.length


def _has_cutout(shot: Shot) -> bool:
    return not isinstance(shot.source, OwnFootage) and shot.source.extra.get("treatment") == "cutout"


def _has_late_offer(plan: Plan) -> bool:
    """Return whether an offer comes in the last fifth of the film, as its peak."""
    return any(b.name == "offer" and Fraction(b.start, plan.length) >= Fraction(4, 5) for b in plan.beats)


def read_shot_size(shot: Shot) -> str:
    """Return the first word of a shot's prompt, unchecked: its size such as ``MCU``, or any word if it has none."""
    return shot.prompt.split(" ", 1)[0].rstrip(",")


def _check_contrast(plan: Plan) -> list[Finding]:
    if plan.author != "rules":
        return []
    rules = load_beats()
    found = []
    for index, (here, after) in enumerate(zip(plan.beats, plan.beats[1:], strict=False)):
        same = here.name in rules and after.name in rules and rules[here.name].energy == rules[after.name].energy
        if same and read_shot_size(here.shots[-1]) == read_shot_size(after.shots[0]):
            message = "same energy and same shot size as the beat before"
            found.append(Finding(rule="3 contrast", beat=_name_place(plan, index + 1), message=message))
    return found


def _check_reading(plan: Plan) -> list[Finding]:
    """Check that words stay long enough to be read. Films shorter than ``SHORT_S`` are exempt."""
    if plan.seconds < SHORT_S:
        return []
    found = []
    for index, beat in enumerate(plan.beats):
        for shot in beat.shots:
            need = compute_reading_frames(shot.words, plan.language, plan.fps) if shot.text_mode == "drawn" else 0
            if need > shot.length:
                message = f"words need {need} frames, the shot has {shot.length}"
                found.append(Finding(rule="4 reading", beat=_name_place(plan, index), message=message))
    return found


def _check_bare_shots(plan: Plan) -> list[Finding]:
    """Find drawn shots with nothing to read and nothing to see that last longer than ``BARE_S``."""
    found = []
    for index, beat in enumerate(plan.beats):
        for shot in beat.shots:
            seconds = Fraction(shot.length * plan.fps[1], plan.fps[0])
            if is_bare(shot) and seconds > BARE_S:
                message = f"{round(float(seconds), 2):g} s without words or picture; at most {float(BARE_S):g} s"
                found.append(Finding(rule="5 bare", beat=_name_place(plan, index), message=message))
    return found


def is_bare(shot: Shot) -> bool:
    """Return whether a shot is drawn here without words of its own and without a picture. A mark over it does not
    count.
    """
    if shot.text_mode != "drawn" or not isinstance(shot.source, Request) or not is_drawn(shot.source):
        return False
    return not shot.source.subject_inputs and not any(text.strip() for text in shot.words.values())


def _check_sums(plan: Plan) -> list[Finding]:
    found = []
    at = 0
    for index, beat in enumerate(plan.beats):
        if beat.start != at or beat.length != sum(shot.length for shot in beat.shots) or not beat.shots:
            message = "start or length differs from the sum of what stands before or in it"
            found.append(Finding(rule="0 sums", beat=_name_place(plan, index), message=message))
        found += [_make_late_finding(plan, index, beat)] if _has_late_line(beat) else []
        at += beat.length
    return found


def _has_late_line(beat: Beat) -> bool:
    return any(line.start + line.room > beat.length for line in beat.lines)


def _make_late_finding(plan: Plan, index: int, beat: Beat) -> Finding:
    return Finding(rule="0 sums", beat=_name_place(plan, index), message="a line runs past the end of its beat")
