"""Loads delivery presets (platform_presets.yaml), and settles what a film that is made for some of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from reelwright.errors import BadInput
from reelwright.planner.tables import load_preset_rows
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan, list_aspects
from reelwright.reel.film.preset import Preset, select_presets
from reelwright.units import Aspect

_OF_BRIEFS = ("words", "naming")
"""Keys of a row that only the reader of briefs needs."""
_LOUDEST, _QUIETEST = -5, -40


@cache
def load_presets() -> Mapping[str, Preset]:
    """Load all presets by name, in the order of their file. Raises ``BadInput`` naming the key of a wrong one."""
    return {
        name: read_preset({"name": name, **{key: row[key] for key in row if key not in _OF_BRIEFS}}, name)
        for name, row in load_preset_rows().items()
    }


def read_preset(row: Mapping[str, object], name: str) -> Preset:
    """Read a preset from the row of its file. Raises ``BadInput``."""
    preset = read_strictly(Preset, row, f"platform_presets.yaml: {name}.")
    check_preset(preset, f"platform_presets.yaml: {name}")
    return preset


def check_preset(preset: Preset, where: str) -> None:
    """Raise ``BadInput``, with the path after ``where``, for a value that no film can be made for."""
    width, height = preset.size
    faults = {
        "size": (preset.size, "width and height, each from 64 to 4096", not all(64 <= n <= 4096 for n in preset.size)),
        "fps": (
            preset.fps, "numerator and denominator of 1 to 120 frames a second",
            preset.fps is not None and not 0 < preset.fps[1] <= preset.fps[0] <= 120 * preset.fps[1],
        ),
        "max_s": (preset.max_s, "seconds, 1 or more", preset.max_s is not None and preset.max_s < 1),
        "lufs": (preset.lufs, f"from {_QUIETEST} to {_LOUDEST}", not _QUIETEST <= preset.lufs <= _LOUDEST),
        "dbtp": (preset.dbtp, "from -9 to -1", not -9 <= preset.dbtp <= -1),
        "unsafe_areas": (
            preset.unsafe_areas, "rectangles within the frame: left, top, right, bottom",
            any(not (0 <= a < c <= width and 0 <= b < d <= height) for a, b, c, d in preset.unsafe_areas),
        ),
    }  # fmt: skip
    for key, (value, accepted, is_wrong) in faults.items():
        if is_wrong:
            raise BadInput(f"{where}.{key}", value, accepted)


def parse_presets(value: object) -> tuple[Preset, ...]:
    """Parse names of presets, as a list or as text with commas, in their order. Raises ``BadInput``, also for presets
    that one film cannot be made for.
    """
    known = load_presets()
    texts = [value] if isinstance(value, str) else value
    is_text = isinstance(texts, (list, tuple)) and all(isinstance(text, str) for text in texts)
    names = [name.strip().casefold() for text in texts for name in text.split(",")] if is_text else []  # type: ignore[attr-defined]
    names = [name for name in names if name]
    if unknown := next((name for name in names if name not in known), None) if names else value or "nothing":
        raise BadInput("presets", unknown, f"{', '.join(known)}, or several of them with commas between")
    found = tuple(known[name] for name in dict.fromkeys(names))
    refuse_unlike(found)
    return found


def refuse_unlike(presets: Sequence[Preset]) -> None:
    """Raise ``BadInput`` for presets that differ in the loudness of one aspect, or in the frame rate."""
    for n, one in enumerate(presets):
        for other in presets[:n]:
            if one.aspect == other.aspect and one.lufs != other.lufs:
                accepted = (
                    f"one of them: both are {one.aspect}, {other.name} at {other.lufs} LUFS and {one.name} at "
                    f"{one.lufs} LUFS, and a project has one film in each aspect"
                )
                hint = f"make a film for {other.name}, then one for {one.name}: takes of AI models are reused"
                raise BadInput("presets", f"{other.name},{one.name}", accepted, hint=hint)
            if one.fps and other.fps and one.fps != other.fps:
                rates = " and ".join(
                    f"{each.name} needs {each.fps[0] / each.fps[1]:g}" for each in (other, one) if each.fps
                )
                raise BadInput("presets", f"{other.name},{one.name}", f"one of them: {rates} frames a second")


def choose_fps(presets: Sequence[Preset], usual: tuple[int, int]) -> tuple[int, int]:
    """Return the frame rate that one of ``presets`` requires, or else ``usual``."""
    return next((one.fps for one in presets if one.fps), usual)


def join_aspects(presets: Sequence[Preset], aspects: Sequence[Aspect]) -> tuple[Aspect, ...]:
    """Return the aspects of a film for ``presets``; ``aspects``: those that are asked for beside them, which then have
    all of theirs. Raises ``BadInput`` that names both.
    """
    own = tuple(dict.fromkeys(one.aspect for one in presets))
    if not aspects:
        return own
    for one in presets:
        if one.aspect not in aspects:
            both = ",".join((*aspects, *(each for each in own if each not in aspects)))
            raise BadInput(
                "aspect", ",".join(aspects), f"{one.aspect} too, which {one.name} needs; or leave {one.name} out",
                hint=f"for a film in each: {both}",
            )  # fmt: skip
    return tuple(aspects)


def apply_presets(brief: Brief, presets: Sequence[Preset], aspects: Sequence[Aspect] = ()) -> Brief:
    """Return the brief for these presets, in their aspects and in ``aspects``. Raises ``BadInput`` as ``join_aspects``
    does, and for a length that is asked for and is too long for a preset.
    """
    if joined := join_aspects(presets, aspects):
        brief = replace(brief, aspect=joined[0], formats=joined[1:])
    for one in presets:
        if one.max_s and brief.length_ms and brief.length_ms > one.max_s * 1000:
            accepted = f"at most {one.max_s} s for {one.title}; or leave {one.name} out"
            raise BadInput("length", f"{brief.length_ms / 1000:g} s", accepted)
    return replace(brief, presets=tuple(presets))


def describe_limits(plan: Plan) -> tuple[str, ...]:
    """Return a sentence for a person about each preset of the plan whose films are shorter than this one."""
    return tuple(
        f"The film lasts {float(plan.seconds):g} s; {one.title} takes at most {one.max_s} s (as of {one.checked_on})."
        for one in list_outgrown(plan)
    )


def list_outgrown(plan: Plan) -> tuple[Preset, ...]:
    """List the presets of the plan that take no film as long as it is."""
    return tuple(one for one in plan.presets if one.max_s is not None and plan.seconds > one.max_s)


def set_presets(plan: Plan, presets: Sequence[Preset]) -> Plan:
    """Return the plan for these presets. Raises ``BadInput`` for one that needs another frame rate or aspect."""
    for one in presets:
        if one.fps and one.fps != plan.fps:
            rate, own = (f"{fps[0] / fps[1]:g}" for fps in (one.fps, plan.fps))
            raise BadInput(
                "presets", one.name, f"a preset for {own} frames a second, as the plan has; this needs {rate}"
            )
        if one.aspect not in list_aspects(plan):
            accepted = f"one for {', '.join(list_aspects(plan))}, as the plan has it; {one.name} is {one.aspect}"
            raise BadInput("presets", one.name, accepted)
    return replace(plan, presets=tuple(presets))


def keep_fitting_presets(plan: Plan) -> Plan:
    """Return the plan without the presets of aspects in which it is not cut."""
    kept = select_presets(plan.presets, list_aspects(plan))
    return plan if kept == plan.presets else replace(plan, presets=kept)
