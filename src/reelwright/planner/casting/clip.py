"""A clip: a plan of one shot, asked of one model in a person's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from reelwright.catalogue.limits import check
from reelwright.catalogue.model import Model
from reelwright.catalogue.models import model
from reelwright.errors import BadInput
from reelwright.planner.casting.requests import at_length, mode_of
from reelwright.planner.casting.terms import aspect_of
from reelwright.planner.ids import derived
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.brief import Reference
from reelwright.reel.canonical import digest_of
from reelwright.reel.choices import Ask, Choices
from reelwright.reel.graph import fingerprint
from reelwright.reel.noun import Digest, ShotId, noun
from reelwright.reel.plan import SCHEMA, Beat, Opening, Plan, Shot
from reelwright.reel.request import Input, Request
from reelwright.units import ASPECTS, Aspect, Frames, ms_to_frames, size_of

MOST: Final = 4
"""Samples of one clip. Source: systems.md S0-16, read 2026-11-20."""
_BEAT: Final = "brand"
_USUAL: Final[Aspect] = "16:9"


@noun
class Framed:
    """A picture of the person's own. Sizes in pixels, upright."""

    asset: Digest
    width: int
    height: int


@noun
class ClipAsked:
    """``seconds`` None: the shortest that the model sells for it. ``aspect`` None: that of the first picture.

    ``apart``: each sample is bought by itself, though the model sells several at once. ``served``: what a server with
    several models calls the one that is meant.
    """

    prompt: str
    model: str
    samples: int = 1
    apart: bool = False
    seconds: Fraction | None = None
    aspect: str | None = None
    resolution: str | None = None
    negative: str | None = None
    seed: int | None = None
    sound: bool | None = None
    first: Framed | None = None
    last: Framed | None = None
    references: tuple[Reference, ...] = ()
    reference_sizes: tuple[tuple[int, int], ...] = ()
    served: str | None = None


@noun
class ClipPlanned:
    """``choices`` ask for the samples that the first purchase does not bring. ``said``: what was decided."""

    plan: Plan
    choices: Choices
    said: tuple[str, ...] = ()


def clip_plan(asked: ClipAsked) -> ClipPlanned:
    """The clip as a plan. Raises ``BadInput`` naming what the model does not take. Never spends, sends nothing."""
    row = model(asked.model)
    if row.kind != "video":
        raise BadInput("model", asked.model, f"a model that makes video; {row.name} makes {row.kind}")
    if not 1 <= asked.samples <= MOST:
        raise BadInput("samples", asked.samples, f"1 to {MOST}")
    if asked.last and not asked.first:
        raise BadInput("last_frame", "without a first", "a first frame beside it (--image)")
    said: list[str] = []
    rounds = _rounds(asked, row, said)
    aspect = _aspect(asked, row, said)
    request = _request(asked, row, aspect, rounds[0], said)
    plan = _plan(asked, row, request, aspect)
    return ClipPlanned(plan=plan, choices=_asks(plan, rounds[1:]), said=tuple(said))


def _rounds(asked: ClipAsked, row: Model, said: list[str]) -> tuple[int, ...]:
    """How many samples each purchase asks for: as many at once as the model sells, one by one where it is so asked."""
    most = 1 if asked.apart else row.samples
    whole, rest = divmod(asked.samples, most)
    rounds = (*(most,) * whole, *((rest,) if rest else ()))
    if asked.samples > 1 and len(rounds) == 1:
        said.append(f"One purchase asks {row.name} for all {asked.samples} samples.")
    elif asked.samples > 1:
        sold = "one at a time" if row.samples == 1 else f"up to {row.samples} at once"
        said.append(f"{row.name} sells {sold}: the {asked.samples} samples are {len(rounds)} purchases.")
    return rounds


def _aspect(asked: ClipAsked, row: Model, said: list[str]) -> str | None:
    """As asked; else nearest to the first picture, a square one falls to the first that is sold; else the usual."""
    frames = [(p.width, p.height) for p in (asked.first, asked.last) if p]
    shown = [*frames, *asked.reference_sizes]
    if asked.aspect:
        if row.aspects and asked.aspect not in row.aspects:
            raise BadInput("aspect", asked.aspect, f"for {row.name}: {', '.join(row.aspects)}")
        found: str | None = asked.aspect
    elif shown:
        found = aspect_of(shown[0], row)
    else:
        return (_USUAL if _USUAL in row.aspects else row.aspects[0]) if row.aspects else None
    if found and row.aspects:
        wide, high = map(int, found.split(":"))
        for width, height in dict.fromkeys(frames):  # references are shown whole
            if abs(width * high - height * wide) > height:
                said.append(f"{width}x{height} is cropped about its middle to {found}.")
    return found


def _sound(asked: ClipAsked, row: Model) -> bool | None:
    """What the request says of sound. What the model does in any case is not said: it is the same clip without it."""
    is_usual = (row.sound == "never" and asked.sound is False) or (row.sound == "always" and asked.sound is True)
    return None if is_usual else asked.sound


def _request(asked: ClipAsked, row: Model, aspect: str | None, samples: int, said: list[str]) -> Request:
    inputs = [Input(role="first_frame", asset=asked.first.asset)] if asked.first else []
    inputs += [Input(role="last_frame", asset=asked.last.asset)] if asked.last else []
    inputs += [Input(role="reference", asset=guide.asset) for guide in asked.references]
    extra: dict[str, Any] = {}
    if asked.negative:
        extra["negative_prompt"] = asked.negative
    if asked.served:
        extra["served"] = asked.served
    if asked.references:
        extra["references"] = [{"role": guide.role, "name": guide.name} for guide in asked.references]
    request = Request(
        model=row.id, mode=_mode(inputs), prompt=asked.prompt, aspect=aspect,
        resolution=asked.resolution or (row.resolutions[0] if row.resolutions else None), samples=samples,
        seed=asked.seed, sound=_sound(asked, row), inputs=tuple(inputs), extra=extra,
    )  # fmt: skip
    if asked.seconds is None or not row.seconds:
        return at_length(request, row, 0)
    wanted = int(asked.seconds * 1000)
    sold = next((s * 1000 for s in row.seconds if s * 1000 >= wanted), None)
    if sold is None:
        raise BadInput("seconds", f"{float(asked.seconds):g}", f"for {row.name}: at most {row.seconds[-1]}")
    if sold != wanted:
        said.append(f"{float(asked.seconds):g} s becomes {sold // 1000} s: {row.name} does not sell it shorter.")
    made = replace(request, ms=sold)
    check(made)
    return made


def _mode(inputs: Sequence[Input]) -> str:
    """References beside a frame are for the model's own rules to judge."""
    roles = {i.role for i in inputs}
    return "reference_to_video" if "reference" in roles else mode_of(inputs)


def _plan(asked: ClipAsked, row: Model, request: Request, aspect: str | None) -> Plan:
    seed = digest_of(
        [asked.prompt, row.id, [i.asset for i in request.inputs], request.ms, aspect, asked.seed, asked.samples]
    )
    fps = (row.fps or 24, 1)
    length = Frames(max(1, ms_to_frames(request.ms or 5000, fps)))
    opening = Opening(on="image", image=asked.first.asset) if asked.first else Opening()
    shot = Shot(
        id=ShotId(derived("shot", seed, "clip")), prompt=asked.prompt, length=length, source=request, opening=opening,
        shows="nothing", sound="keep",
    )  # fmt: skip
    beat = Beat(id=derived("beat", seed, "clip"), name=_BEAT, start=Frames(0), length=length, shots=(shot,))
    return Plan(
        schema=SCHEMA, brief=seed, title=_title(asked.prompt), fps=fps, size=_size(aspect, asked, row), look="slam",
        tone="neutral", language="en", beats=(beat,), author="person",
    )  # fmt: skip


def _title(prompt: str) -> str:
    words = prompt.split()
    return " ".join(words[:8])[:60] or "clip"


def _size(aspect: str | None, asked: ClipAsked, row: Model) -> tuple[int, int]:
    """The film's size, should a film be made of it: the nearest of ours."""
    if aspect is None and asked.first:
        ratio = Fraction(asked.first.width, asked.first.height)
    else:
        ratio = Fraction(*map(int, (aspect or _USUAL).split(":")))
    near = min(ASPECTS, key=lambda name: abs(Fraction(*map(int, name.split(":"))) - ratio))
    digits = "".join(c for c in (asked.resolution or next(iter(row.resolutions), "720p")) if c.isdigit())
    return size_of(near, min(2160, max(144, int(digits or 720) * (540 if int(digits or 720) < 10 else 1))))


def _asks(plan: Plan, rounds: Sequence[int]) -> Choices:
    """What the shot's own purchase does not bring, as further rounds of it, all bought at once."""
    shot = plan.shots[0]
    fp = fingerprint(breakdown(plan, "takes").steps[take_key(shot.id)], {})
    assert fp, "a clip reads nothing that is not there"
    return Choices(asks=tuple(Ask(of=fp, round=n, samples=samples) for n, samples in enumerate(rounds, 2)))
