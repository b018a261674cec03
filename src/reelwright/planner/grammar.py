"""The hard rules of an ad as a checker over plans: what is wrong, and where."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from reelwright.planner.counting import reading_frames
from reelwright.planner.match import is_drawn
from reelwright.planner.tables import beats, tones
from reelwright.reel.noun import noun
from reelwright.reel.plan import Beat, Own, Plan, Shot
from reelwright.reel.request import Request

SHORT_S: Final = Fraction(11, 2)
"""Films below this many seconds are one or two beats: a hook may go straight to the end card."""
BARE_S: Final = Fraction(12, 10)
"""Longest time that a drawn shot stands without words or picture: a look's texture is a breath, not a picture."""
REQUIRES: Final = {"agitate": "problem", "urgency": "offer", "transformation": "problem"}


@noun
class Finding:
    """A rule that a plan breaks. ``beat`` names the beat by its place, ``2 problem``, or is empty."""

    rule: str
    beat: str
    said: str


def check(plan: Plan) -> tuple[Finding, ...]:
    """Every hard rule that ``plan`` breaks. Source: craft.md 1.1 (constraints 1 to 4), read 2026-11-20."""
    found = [*_ends(plan), *_order(plan), *_required(plan), *_brand(plan), *_monotony(plan), *_reading(plan)]
    return (*found, *_bare(plan), *_sums(plan))


def _place(plan: Plan, index: int) -> str:
    return f"{index + 1} {plan.beats[index].name}"


def _ends(plan: Plan) -> list[Finding]:
    names = [beat.name for beat in plan.beats]
    found = []
    if names.count("end_card") != 1 or names[-1] != "end_card":
        found.append(Finding(rule="1 end card", beat="", said="exactly one end_card, as the last beat"))
    if names[0] not in ("hook", "cold_open") and not (len(names) == 1 and plan.seconds < SHORT_S):
        found.append(Finding(rule="1 start", beat=_place(plan, 0), said="a film starts with hook or cold_open"))
    if names.count("hook") > 1 or names.count("cold_open") > 1:
        found.append(Finding(rule="1 start", beat="", said="one hook and one cold_open at most"))
    return found


def _order(plan: Plan) -> list[Finding]:
    rules = beats()
    found = []
    for index, (here, after) in enumerate(zip(plan.beats, plan.beats[1:], strict=False)):
        if here.name not in rules:
            found.append(Finding(rule="1 beat", beat=_place(plan, index), said="not one of the fifteen beats"))
        elif after.name not in followers(here.name, plan.seconds):
            said = f"{here.name} may not be followed by {after.name}"
            found.append(Finding(rule="1 order", beat=_place(plan, index + 1), said=said))
    return found


def followers(name: str, seconds: Fraction) -> tuple[str, ...]:
    """What may follow a beat in a film of that many seconds."""
    after = beats()[name].followed_by
    return (*after, "end_card") if name == "hook" and seconds < SHORT_S else after


def _required(plan: Plan) -> list[Finding]:
    names = [beat.name for beat in plan.beats]
    found = []
    for index, beat in enumerate(plan.beats):
        needed = REQUIRES.get(beat.name)
        if needed and needed not in names[:index]:
            found.append(Finding(rule="1 requires", beat=_place(plan, index), said=f"{beat.name} requires {needed}"))
        if beat.name == "testimonial" and not any(shot.words.get("quote") for shot in beat.shots):
            found.append(Finding(rule="1 requires", beat=_place(plan, index), said="testimonial requires a quote"))
    return found


def _brand(plan: Plan) -> list[Finding]:
    """The brand is cued early, and the reveal comes neither too late nor too early."""
    names = [beat.name for beat in plan.beats]
    if "reveal" not in names or plan.author != "rules":
        return []
    total = plan.length
    at = Fraction(plan.beats[names.index("reveal")].start, total)
    latest = Fraction(tones()[plan.tone].brand_by if plan.tone in tones() else 400, 1000)
    found = []
    if at > latest:
        found.append(Finding(rule="2 reveal", beat="", said=f"the reveal starts at {float(at):.2f} of the film"))
    if at < Fraction(1, 5) and not _late_offer(plan):
        found.append(Finding(rule="3 energy", beat="", said=f"the reveal starts at {float(at):.2f} of the film"))
    if not cued(plan):
        found.append(Finding(rule="2 brand", beat="", said="no cue of the brand early enough"))
    return found


def cued(plan: Plan) -> bool:
    """Whether the brand is cued as early as the film's tone asks."""
    latest = Fraction(tones()[plan.tone].brand_by if plan.tone in tones() else 400, 1000)
    return cue_at(plan) <= max(brand_due(plan), latest * plan.length if latest > Fraction(2, 5) else 0)


def brand_due(plan: Plan) -> Fraction:
    """Frame by which a film shows its brand: five seconds, or a third of it."""
    return min(Fraction(5 * plan.fps[0], plan.fps[1]), Fraction(33, 100) * plan.length)


def cue_at(plan: Plan) -> int:
    """First frame at which name, product or bug is seen; the film's length where none ever is."""
    windows = plan.windows()
    for beat in plan.beats:
        for shot in beat.shots:
            starts = [overlay.start for overlay in shot.overlays if overlay.kind == "bug"]
            if shot.words.get("name") or _pictured(shot) or beat.name in ("reveal", "end_card"):
                starts.append(type(shot.length)(0))
            if starts:
                return windows[shot.id][0] + min(starts)
    return plan.length


def _pictured(shot: Shot) -> bool:
    return not isinstance(shot.source, Own) and shot.source.extra.get("treatment") == "cutout"


def _late_offer(plan: Plan) -> bool:
    """The offer is the film's peak and comes in its last fifth."""
    return any(b.name == "offer" and Fraction(b.start, plan.length) >= Fraction(4, 5) for b in plan.beats)


def shot_size(shot: Shot) -> str:
    """The size that a shot's prompt opens with (``MCU``), or nothing."""
    return shot.prompt.split(" ", 1)[0].rstrip(",")


def _monotony(plan: Plan) -> list[Finding]:
    if plan.author != "rules":
        return []
    rules = beats()
    found = []
    for index, (here, after) in enumerate(zip(plan.beats, plan.beats[1:], strict=False)):
        same = here.name in rules and after.name in rules and rules[here.name].energy == rules[after.name].energy
        if same and shot_size(here.shots[-1]) == shot_size(after.shots[0]):
            said = "same energy and same shot size as the beat before"
            found.append(Finding(rule="3 contrast", beat=_place(plan, index + 1), said=said))
    return found


def _reading(plan: Plan) -> list[Finding]:
    """Words stay long enough to be read; a film of one or two beats shows them for as long as it lasts."""
    if plan.seconds < SHORT_S:
        return []
    found = []
    for index, beat in enumerate(plan.beats):
        for shot in beat.shots:
            need = reading_frames(shot.words, plan.language, plan.fps) if shot.shows == "drawn" else 0
            if need > shot.length:
                said = f"words need {need} frames, the shot has {shot.length}"
                found.append(Finding(rule="4 reading", beat=_place(plan, index), said=said))
    return found


def _bare(plan: Plan) -> list[Finding]:
    """Drawn shots in which there is nothing to read and nothing to see for longer than a breath."""
    found = []
    for index, beat in enumerate(plan.beats):
        for shot in beat.shots:
            seconds = Fraction(shot.length * plan.fps[1], plan.fps[0])
            if is_bare(shot) and seconds > BARE_S:
                said = f"{round(float(seconds), 2):g} s without words or picture; at most {float(BARE_S):g} s"
                found.append(Finding(rule="5 bare", beat=_place(plan, index), said=said))
    return found


def is_bare(shot: Shot) -> bool:
    """Whether a shot is drawn here without words of its own and without a picture. A mark over it does not count."""
    if shot.shows != "drawn" or not isinstance(shot.source, Request) or not is_drawn(shot.source):
        return False
    return not shot.source.inputs and not any(text.strip() for text in shot.words.values())


def _sums(plan: Plan) -> list[Finding]:
    found = []
    at = 0
    for index, beat in enumerate(plan.beats):
        if beat.start != at or beat.length != sum(shot.length for shot in beat.shots) or not beat.shots:
            said = "start or length differs from the sum of what stands before or in it"
            found.append(Finding(rule="0 sums", beat=_place(plan, index), said=said))
        found += [_late(plan, index, beat)] if _too_long(beat) else []
        at += beat.length
    return found


def _too_long(beat: Beat) -> bool:
    return any(line.start + line.room > beat.length for line in beat.lines)


def _late(plan: Plan, index: int, beat: Beat) -> Finding:
    return Finding(rule="0 sums", beat=_place(plan, index), said="a line runs past the end of its beat")
