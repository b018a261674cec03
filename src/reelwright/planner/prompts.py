"""What each shot shows, in the words that a video model understands: one subject, one verb, one camera move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.planner.tables import Scene, Tone

_SIZES: Final = {
    "EWS": "extreme wide shot", "WS": "wide shot", "MWS": "medium-wide shot", "MS": "medium shot",
    "MCU": "medium close-up", "CU": "close-up", "ECU": "extreme close-up", "INSERT": "insert",
}  # fmt: skip
_LENSES: Final = {
    "EWS": "24mm", "WS": "24mm", "MWS": "35mm", "MS": "50mm", "MCU": "50mm", "CU": "85mm", "ECU": "100mm macro",
    "INSERT": "100mm macro",
}  # fmt: skip
_MOVES: Final = {
    "cold_open": "very slow push-in", "problem": "subtle handheld, subject frame-left facing right",
    "agitate": "tighter and faster than the shot before", "reveal": "slow 15 degree orbit, 3/4 front angle",
    "demo": "locked camera, hands enter from the right", "benefit": "tracking left to right, camera pulls back",
    "proof": "static, symmetrical", "transformation": "same framing and lens as the problem shot",
    "testimonial": "static, eyes on the upper third line", "offer": "static, empty upper half",
    "urgency": "static graphic plate", "brand": "slow crane", "cta": "movement toward the lens",
    "end_card": "composited plate, no camera",
}  # fmt: skip
_NEVER: Final = "no readable text, logos or numbers in the picture"


def shot_prompt(
    beat: str, size: str, *, scene: Scene, tone: Tone, lock: str, index: int, barred: Sequence[str] = ()
) -> str:
    """A prompt from the beat's skeleton. ``lock`` names the product in the same words in every shot.

    Source of the skeletons: craft.md 1.2; of the rules: 6.1 (numbers, text and logos are composited, never asked
    for). Opens with the shot's size, which the grammar reads.
    """
    camera = _MOVES.get(beat) or tone.camera[index % len(tone.camera)]
    parts = [
        f"{size}, {_SIZES[size]} of {_action(beat, scene, lock, index)}",
        _light(beat, tone),
        _LENSES[size],
        camera,
        tone.grade,
        f"audio: {scene.sound}{', no music' if beat == 'cold_open' else ''}",
        _NEVER,
    ]
    if barred:
        parts.append("leave out: " + "; ".join(barred))
    return ", ".join(parts)


def _action(beat: str, scene: Scene, lock: str, index: int) -> str:
    person, place, surface = scene.person, scene.place, scene.surface
    return {
        "cold_open": f"{scene.detail}, single source light",
        "hook": f"{person} already {scene.struggle if index % 2 else scene.use}, in {place}, caught mid-action",
        "problem": f"{person} {scene.struggle}, in {place}, flat grey light",
        "agitate": f"{scene.struggle}, detail {index + 1}, same wardrobe and room as the problem shot",
        "reveal": f"{lock} on {surface}, clean background",
        "demo": f"hands at work with {lock} on clean {surface}, one action only, step {index + 1}",
        "benefit": f"{person} {scene.use} with {lock}, in {place}",
        "proof": f"clean plate on {surface} with an empty half for a number",
        "transformation": f"{person} {scene.use}, in {place}, the mirror of the problem shot",
        "testimonial": f"a real person in {place}, speaking slightly off-axis",
        "offer": f"{lock} on a seamless coloured background, low third",
        "urgency": f"plain colour field with {surface} texture",
        "brand": f"the world of {lock}: {place}",
        "cta": f"a hand reaching for {lock}, toward the camera",
        "end_card": f"plain {surface} plate, nothing moves",
    }.get(beat, f"{lock} in {place}")


def _light(beat: str, tone: Tone) -> str:
    if beat in ("benefit", "transformation"):
        return f"{tone.light}, warmer"
    return "key with rim light" if beat == "reveal" else tone.light
