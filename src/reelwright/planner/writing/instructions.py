"""Writes the instructions for a language model that writes a script: task, beats, and shape of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reelwright.planner.archetypes import Archetype, get_archetype
from reelwright.planner.brief_check import validate_brief
from reelwright.planner.brief_settings import BriefSettings, settle_brief
from reelwright.planner.grammar import REQUIRES
from reelwright.planner.screens.lengths import MAX_WORDS_S
from reelwright.planner.tables import load_beats, load_lengths
from reelwright.planner.writing.script import NAMED_BEATS, NEEDED_ROLES, ROLES_OF
from reelwright.planner.writing.script_checks import list_untold_beats
from reelwright.planner.writing.script_limits import MAX_SHOTS_OF_BEAT, compute_max_shots
from reelwright.reel.film.brief import Brief

EDITION: Final = "writer/2026.2"
"""Part of every request. Changed instructions need a new edition, which makes it another purchase."""

_TASK: Final = Path(__file__).with_name("task.txt").read_text(encoding="utf-8")
_ANSWER_FORMAT: Final = Path(__file__).with_name("answer_format.txt").read_text(encoding="utf-8")


def write_instructions(brief: Brief) -> str:
    """Write the instructions for one brief. Pure: the same brief gives the same text. Raises ``BadInput`` as the
    planner does.
    """
    validate_brief(brief)
    there = settle_brief(brief)
    shape = get_archetype(brief.archetype) if brief.archetype else None
    names = list_beats(there)
    total_ms = choose_length_ms(there)
    near = min(load_lengths(), key=lambda ms: abs(ms - total_ms))
    usual = ", ".join(f"{name} {ms / 1000:g} s" for name, ms in load_lengths()[near].order.items() if name in names)
    seconds = total_ms / 1000
    return "\n".join(
        [
            _TASK,
            f"The film lasts {seconds:g} s, is {there.aspect}, in the language {there.language}, told in a tone that is"
            f" {there.tone}. At most {compute_max_shots(total_ms)} shots. A film of this length is usually: {usual}.",
            f"All lines together are said in at most {int(max(1.0, seconds - 1.5) * 2.2)} words; a shot lasts"
            f" {max(1.2, there.tone_rules.asl_ms * 0.8 / 1000):.1f} s or more, and two and a half words a second "
            "are said."
            f" A shot of words stands for {float(MAX_WORDS_S):g} s at most, or half again the time in which they "
            "are read.",
            *_describe_own_pictures(brief),
            *(_describe_archetype(shape, names) if shape else ()),
            "",
            "Beats, in the order in which they may follow each other:",
            *(_describe_beat(name, names) for name in names),
            "A film starts with hook or cold_open and ends with end_card; no beat but demo comes twice.",
            *(("It is a film of type: every shot has words.",) if not there.is_filmed else ()),
            "",
            _ANSWER_FORMAT,
            f"({EDITION})",
        ]
    )


def choose_length_ms(there: BriefSettings) -> int:
    """Return the length of the film that a model writes: the brief's own, or else the length of its flavor's films."""
    return there.ms or there.flavor.length_ms


def list_beats(there: BriefSettings) -> list[str]:
    """List the beats that may be chosen: those for which the brief has material, of its archetype if it names one."""
    brief = there.brief
    left_out = list_untold_beats(brief.text, there.certain)
    pictured = any(material.treatment in ("photo", "clip") for material in brief.materials)
    if not pictured and not there.is_filmed:
        left_out |= {"cold_open"}  # nothing would stand in it
    names = get_archetype(brief.archetype).beats if brief.archetype else load_beats()
    return [name for name in names if name not in left_out]


def _describe_archetype(shape: Archetype, names: list[str]) -> list[str]:
    hows = [f"- {name}: {how}." for name, how in shape.beat_notes.items() if name in names]
    intro = f"The shape is {shape.name.replace('_', ' ')}: {shape.about} Its beats, in this order and no others"
    return ["", f"{intro} (you may leave some out, but not {' and '.join(shape.core)}):", *hows]


def _describe_own_pictures(brief: Brief) -> list[str]:
    """Say how many own pictures and clips there are. Their names are private and are left out."""
    count = len(brief.materials)
    if not count:
        return []
    return [f"{count} picture{'s' if count > 1 else ''} or clips of the person's own stand in some of the beats."]


def _describe_beat(name: str, there: list[str]) -> str:
    rule = load_beats()[name]
    after = ", ".join(one for one in rule.followed_by if one in there) or "nothing"
    roles = ", ".join(f"{role} (needed)" if role in NEEDED_ROLES.get(name, ()) else role for role in ROLES_OF[name])
    shots = MAX_SHOTS_OF_BEAT.get(name, 1)
    needs = f" Only after {REQUIRES[name]}." if name in REQUIRES else ""
    beside = " beside the name, which is put in by us" if name in NAMED_BEATS else ""
    words = f"words: {roles}; at most {rule.words} words at once{beside}" if roles else "no words"
    job = rule.job if rule.job.endswith("?") else f"{rule.job}."
    return f'- {name}: "{job}" {shots} shot{"s at most" if shots > 1 else ""}; {words}. Then: {after}.{needs}'
