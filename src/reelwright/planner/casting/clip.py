"""Plans a clip: a plan of one shot, requested from one model in a person's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model
from reelwright.catalogue.snapping import snap_requested_frames
from reelwright.errors import BadInput
from reelwright.input_limits import MAX_TAKES_PER_ROUND
from reelwright.planner.casting.requests import choose_mode, fit_length
from reelwright.planner.casting.terms import choose_aspect
from reelwright.planner.ids import derive_id
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Digest, ShotId, define_value
from reelwright.reel.film.breakdown import build_graph, make_take_key
from reelwright.reel.film.brief import Reference
from reelwright.reel.film.plan import SCHEMA, Beat, Opening, Plan, Shot
from reelwright.reel.graph.choices import Choices, RetakeRequest
from reelwright.reel.graph.graph import compute_step_fingerprint
from reelwright.reel.graph.request import Input, Request
from reelwright.units import Aspect, Frames, compute_size, convert_ms_to_frames, find_nearest_aspect

_CLIP_BEAT: Final = "brand"
_DEFAULT_ASPECT: Final[Aspect] = "16:9"


@define_value
class ClipPicture:
    """A picture of the person's own for a clip. Sizes in pixels, upright."""

    asset: Digest
    width: int
    height: int


@define_value
class ClipRequest:
    """A request for a clip. ``seconds`` None: the shortest that the model sells. ``aspect`` None: that of the first
    picture.

    ``has_separate_purchases``: each sample is bought by itself, although the model sells several at once.
    ``served_model``: the name of the wanted model on a server that has several.
    """

    prompt: str
    model: str
    samples: int = 1
    has_separate_purchases: bool = False
    seconds: Fraction | None = None
    aspect: str | None = None
    resolution: str | None = None
    negative: str | None = None
    seed: int | None = None
    sound: bool | None = None
    first_frame: ClipPicture | None = None
    last_frame: ClipPicture | None = None
    references: tuple[Reference, ...] = ()
    reference_sizes: tuple[tuple[int, int], ...] = ()
    served_model: str | None = None


@define_value
class ClipPlan:
    """The plan of a clip. ``choices`` request the samples that the first purchase does not bring. ``messages``: what
    was decided.
    """

    plan: Plan
    choices: Choices
    messages: tuple[str, ...] = ()


def plan_clip(clip: ClipRequest) -> ClipPlan:
    """Plan a clip: one shot by one model, the requests for its further samples, and messages for the person.

    Raises ``BadInput`` naming what the model does not take. Never spends, sends nothing.
    """
    row = get_sold_model(clip.model, kind="video")
    if row.kind != "video":
        raise BadInput("model", clip.model, f"a model that makes video; {row.name} makes {row.kind}")
    if not 1 <= clip.samples <= MAX_TAKES_PER_ROUND:
        raise BadInput("samples", clip.samples, f"1 to {MAX_TAKES_PER_ROUND}")
    if clip.last_frame and not clip.first_frame:
        raise BadInput("last_frame", "without a first", "a first frame beside it")
    messages: list[str] = []
    rounds = _split_samples(clip, row, messages)
    aspect = _choose_aspect(clip, row, messages)
    request = _build_request(clip, row, aspect, rounds[0], messages)
    plan = _build_plan(clip, row, request, aspect)
    return ClipPlan(plan=plan, choices=_build_retakes(plan, rounds[1:]), messages=tuple(messages))


def _split_samples(clip: ClipRequest, row: Model, messages: list[str]) -> tuple[int, ...]:
    """Return how many samples each purchase requests: as many at once as the model sells, or one by one on request."""
    most = 1 if clip.has_separate_purchases else row.samples
    whole, rest = divmod(clip.samples, most)
    rounds = (*(most,) * whole, *((rest,) if rest else ()))
    if clip.samples > 1 and len(rounds) == 1:
        messages.append(f"One purchase asks {row.name} for all {clip.samples} samples.")
    elif clip.samples > 1:
        sold = "one at a time" if row.samples == 1 else f"up to {row.samples} at once"
        messages.append(f"{row.name} sells {sold}: the {clip.samples} samples are {len(rounds)} purchases.")
    return rounds


def _choose_aspect(clip: ClipRequest, row: Model, messages: list[str]) -> str | None:
    """Return the requested aspect, or the one nearest to the first picture, or the usual one. ``row.aspects`` limits
    the choice.
    """
    frames = [(p.width, p.height) for p in (clip.first_frame, clip.last_frame) if p]
    shown = [*frames, *clip.reference_sizes]
    if clip.aspect:
        if row.aspects and clip.aspect not in row.aspects:
            raise BadInput("aspect", clip.aspect, f"for {row.name}: {', '.join(row.aspects)}")
        found: str | None = clip.aspect
    elif shown:
        found = choose_aspect(shown[0], row)
    else:
        return (_DEFAULT_ASPECT if _DEFAULT_ASPECT in row.aspects else row.aspects[0]) if row.aspects else None
    if found and row.aspects:
        wide, high = map(int, found.split(":"))
        for width, height in dict.fromkeys(frames):  # references are shown whole
            if abs(width * high - height * wide) > height:
                messages.append(f"{width}x{height} is cropped about its middle to {found}.")
    return found


def _choose_sound(clip: ClipRequest, row: Model) -> bool | None:
    """Return the ``sound`` of the request. What the model does in any case is left out, so that the clip stays the
    same.
    """
    is_usual = (row.sound == "never" and clip.sound is False) or (row.sound == "always" and clip.sound is True)
    return None if is_usual else clip.sound


def _build_request(clip: ClipRequest, row: Model, aspect: str | None, samples: int, messages: list[str]) -> Request:
    inputs = [Input(role="first_frame", asset=clip.first_frame.asset)] if clip.first_frame else []
    inputs += [Input(role="last_frame", asset=clip.last_frame.asset)] if clip.last_frame else []
    inputs += [Input(role="reference", asset=guide.asset) for guide in clip.references]
    extra: dict[str, Any] = {}
    if clip.negative:
        extra["negative_prompt"] = clip.negative
    if clip.served_model:
        extra["served"] = clip.served_model
    if clip.references:
        extra["references"] = [{"role": guide.role, "name": guide.name} for guide in clip.references]
    request = Request(
        model=row.id, mode=_choose_mode(inputs), prompt=clip.prompt, aspect=aspect,
        resolution=clip.resolution or (row.resolutions[0] if row.resolutions else None), samples=samples,
        seed=clip.seed, sound=_choose_sound(clip, row), inputs=tuple(inputs), extra=extra,
    )  # fmt: skip
    if clip.seconds is None and row.frames and row.frames.usual:
        usual = replace(request, extra={**extra, "frames": row.frames.usual})
        return fit_length(usual, row, row.frames.usual * 1000 // row.frames.fps)
    if clip.seconds is None or not row.seconds:
        return fit_length(request, row, 0)
    wanted = int(clip.seconds * 1000)
    sold = next((s * 1000 for s in row.seconds if s * 1000 >= wanted), None)
    if sold is None:
        raise BadInput("seconds", f"{float(clip.seconds):g}", f"for {row.name}: at most {row.seconds[-1]}")
    if sold != wanted:
        messages.append(f"{float(clip.seconds):g} s becomes {sold // 1000} s: {row.name} does not sell it shorter.")
    made = replace(request, ms=sold)
    check_request(made)
    return made


def _choose_mode(inputs: Sequence[Input]) -> str:
    """Return the mode of the request. Whether references may stand beside a frame is for the model's own rules to
    judge.
    """
    roles = {i.role for i in inputs}
    return "reference_to_video" if "reference" in roles else choose_mode(inputs)


def _build_plan(clip: ClipRequest, row: Model, request: Request, aspect: str | None) -> Plan:
    seed = compute_digest(
        [clip.prompt, row.id, [i.asset for i in request.inputs], request.ms, aspect, clip.seed, clip.samples]
    )
    fps = (row.fps or 24, 1)
    length = Frames(max(1, convert_ms_to_frames(request.ms or 5000, fps)))
    if "frames" in request.extra:
        length = Frames(snap_requested_frames(request, row).value)
    opening = Opening(source="image", image=clip.first_frame.asset) if clip.first_frame else Opening()
    shot = Shot(
        id=ShotId(derive_id("shot", seed, "clip")), prompt=clip.prompt, length=length, source=request, opening=opening,
        text_mode="nothing", sound="keep",
    )  # fmt: skip
    beat = Beat(id=derive_id("beat", seed, "clip"), name=_CLIP_BEAT, start=Frames(0), length=length, shots=(shot,))
    return Plan(
        schema=SCHEMA,
        brief=seed,
        title=_make_title(clip.prompt),
        fps=fps,
        size=_compute_size(aspect, clip, row),
        look="slam",
        tone="neutral",
        language="en",
        beats=(beat,),
        author="person",
    )


def _make_title(prompt: str) -> str:
    words = prompt.split()
    return " ".join(words[:8])[:60] or "clip"


def _compute_size(aspect: str | None, clip: ClipRequest, row: Model) -> tuple[int, int]:
    """Compute the size of a film made of the clip: the nearest of our sizes."""
    if aspect is None and clip.first_frame:
        shape = clip.first_frame.width, clip.first_frame.height
    else:
        wide, high = (aspect or _DEFAULT_ASPECT).split(":")
        shape = int(wide), int(high)
    near = find_nearest_aspect(shape)
    digits = "".join(c for c in (clip.resolution or next(iter(row.resolutions), "720p")) if c.isdigit())
    return compute_size(near, min(2160, max(144, int(digits or 720) * (540 if int(digits or 720) < 10 else 1))))


def _build_retakes(plan: Plan, rounds: Sequence[int]) -> Choices:
    """Build the retakes of the shot for the samples that its own purchase does not bring, all bought at once."""
    if not rounds:
        return Choices()
    shot = plan.shots[0]
    fp = compute_step_fingerprint(build_graph(plan, "takes").steps[make_take_key(shot.id)], {})
    assert fp, "a clip reads nothing that is not there"
    return Choices(
        retakes=tuple(RetakeRequest(fingerprint=fp, round=n, samples=samples) for n, samples in enumerate(rounds, 2))
    )
