"""The numbers of a request as a model makes them: the nearest legal count of frames, and sides that are multiples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reelwright.engines.policy import MAX_PROMPT_CHARS, MAX_SIDE

MOST_SEED: Final = 2**63 - 1  # of the integers in torch


class BadRequest(ValueError):
    """Raised for a request that the model cannot make; its text names the field, the value and what is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The model of this engine, as it was told when it was started; the fields are those of the model's card."""

    model: str
    pipeline: str
    precision: str
    steps: int
    least_steps: int
    guidance: float | None
    fps: int
    frames: Mapping[str, int]
    multiple: int
    offload: str
    tiling: str
    speed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """A request as the model makes it. ``notes``: in what it differs from what was asked for."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    frames: int
    fps: int
    steps: int
    seed: int
    notes: tuple[str, ...] = ()


def snap_frames(rule: Mapping[str, int], count: int) -> int:
    """Return the legal number of frames that is nearest to ``count``; of two, the higher one."""
    step, plus = rule["step"], rule["plus"]
    nearest = max(0, (2 * (count - plus) + step) // (2 * step)) * step + plus
    lowest = -(-(rule["least"] - plus) // step) * step + plus
    highest = (rule["most"] - plus) // step * step + plus
    return min(max(nearest, lowest), highest)


def parse_request(fields: Mapping[str, Any], options: Options, default_seed: int) -> VideoRequest:
    """Parse the fields of a POST to ``/v1/videos``. Raises ``BadRequest``."""
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip() or len(prompt) > MAX_PROMPT_CHARS:
        raise BadRequest(f"prompt: text of 1 to {MAX_PROMPT_CHARS} characters is accepted")
    width, height = _parse_size(fields)
    for name, side in (("width", width), ("height", height)):
        if side % options.multiple or not 16 <= side <= MAX_SIDE:
            raise BadRequest(f"{name}: {side}; accepted: multiples of {options.multiple} from 16 to {MAX_SIDE}")
    fps = _parse_number(fields, "fps", options.fps, 1, 120)
    wanted = _parse_frames(fields, options, fps)
    frames = snap_frames(options.frames, wanted)
    rule = options.frames
    note = f"{wanted} frames become {frames}: {rule['step']}·k + {rule['plus']}, {rule['least']} to {rule['most']}"
    return VideoRequest(
        prompt=prompt,
        negative_prompt=str(fields.get("negative_prompt") or ""),
        width=width,
        height=height,
        frames=frames,
        fps=fps,
        steps=_parse_number(fields, "num_inference_steps", options.steps, options.least_steps, 1000),
        seed=_parse_number(fields, "seed", default_seed, 0, MOST_SEED),
        notes=() if frames == wanted else (note,),
    )


def _parse_frames(fields: Mapping[str, Any], options: Options, fps: int) -> int:
    if fields.get("num_frames") not in (None, ""):
        return _parse_number(fields, "num_frames", 0, 1, 100_000)
    if fields.get("seconds") in (None, ""):
        return options.frames["least"]
    return _parse_number(fields, "seconds", 0, 1, 3600) * fps


def _parse_size(fields: Mapping[str, Any]) -> tuple[int, int]:
    if fields.get("width") or fields.get("height"):
        return _parse_number(fields, "width", 0, 16, MAX_SIDE), _parse_number(fields, "height", 0, 16, MAX_SIDE)
    wide, _, high = str(fields.get("size", "")).partition("x")
    if not (wide.isdecimal() and high.isdecimal()):
        raise BadRequest("size: WIDTHxHEIGHT, or width and height, is needed")
    return int(wide), int(high)


def _parse_number(fields: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    given = fields.get(name)
    if given in (None, ""):
        given = default
    try:
        number = int(str(given))
    except ValueError as cause:
        raise BadRequest(f"{name}: {str(given)[:40]!r}; accepted: a whole number") from cause
    if not least <= number <= most:
        raise BadRequest(f"{name}: {number}; accepted: {least} to {most}")
    return number
