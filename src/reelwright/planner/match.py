"""From a shot to the request that is bought for it: the only maker of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final, Literal

from reelwright.reel.noun import Digest, noun
from reelwright.reel.plan import Beat, Own, Plan
from reelwright.reel.request import Input, Request
from reelwright.units import ASPECTS, Frames, frames_to_ms

ANIMATIC: Final = "animatic/2026.1"
COMPOSER: Final = "composer/2026.1"
Treatment = Literal["cutout", "screen", "photo"]


@noun
class House:
    """What all requests of a film share. ``accent``: ``#RRGGBB`` or empty."""

    fps: tuple[int, int]
    size: tuple[int, int]
    look: str
    language: str
    accent: str = ""
    animatic: str = ANIMATIC
    composer: str = COMPOSER


@noun
class Picture:
    """A picture of the person's own in a shot. ``move`` empty: it is staged; else it fills the frame and moves so."""

    asset: Digest
    treatment: Treatment
    move: str = ""


@noun
class Place:
    """Where a shot stands: its beat, the beats of its neighbours, and where the music's beats land in it."""

    beat: str
    after: str = ""
    before: str = ""
    hits: tuple[int, ...] = ()
    variant: int = 0
    seed: int = 0
    picture: Picture | None = None


def match_shot(prompt: str, words: Mapping[str, str], frames: int, place: Place, house: House) -> Request:
    """The request for one shot without an AI model. ``frames``: its footage, transition out included. Costs nothing.

    Defaults are left out, so that a later default moves no old fingerprint.
    """
    picture = place.picture
    extra: dict[str, Any] = {
        "look": house.look,
        "staging": place.beat,
        "words": dict(words) if not (picture and picture.move) else {},
        "size": list(house.size),
        "fps": list(house.fps),
        "frames": int(frames),
        "language": house.language,
        "accent": house.accent,
        "hits": list(place.hits),
        "variant": place.variant,
        "seed": place.seed,
        "treatment": picture.treatment if picture else "",
        "move": picture.move if picture else "",
        "after": place.after,
        "before": place.before,
    }
    always = ("words", "hits", "seed")
    return Request(
        model=house.animatic,
        mode="picture" if picture and picture.move else "take",
        prompt=prompt,
        ms=frames_to_ms(frames, house.fps),
        aspect=aspect_of(house.size),
        inputs=(Input(role="reference", asset=picture.asset),) if picture else (),
        extra={key: value for key, value in extra.items() if value or key in always},
    )


def match_still(take: Request) -> Request:
    """The storyboard still of a shot: the same picture, at its first frame."""
    return replace(take, mode="still", ms=None)


def is_drawn(take: Request) -> bool:
    """Whether we draw it ourselves; else it is an AI model's."""
    return take.model.startswith("animatic/")


def place_of(take: Request) -> Place:
    """Where the shot stands, read back from the request that was made for it."""
    extra = take.extra
    picture = None
    if take.inputs and take.inputs[0].asset:
        move = str(extra.get("move", ""))
        picture = Picture(asset=take.inputs[0].asset, treatment=extra.get("treatment", "photo"), move=move)
    return Place(
        beat=str(extra.get("staging", "")),
        after=str(extra.get("after", "")),
        before=str(extra.get("before", "")),
        hits=tuple(extra.get("hits", ())),
        variant=int(extra.get("variant", 0)),
        seed=int(extra.get("seed", 0)),
        picture=picture,
    )


def house_of(plan: Plan) -> House:
    """What all requests of this plan share, read back from it."""
    takes = [s.source for s in plan.shots if not isinstance(s.source, Own) and is_drawn(s.source)]
    composed = plan.bed is not None and plan.bed.request.model.startswith("composer/")
    return House(
        fps=plan.fps,
        size=plan.size,
        look=plan.look,
        language=plan.language,
        accent=str(takes[0].extra.get("accent", "")) if takes else plan.accent,
        animatic=takes[0].model if takes else ANIMATIC,
        composer=plan.bed.request.model if plan.bed and composed else COMPOSER,
    )


def aspect_of(size: tuple[int, int]) -> str:
    """The aspect nearest to a size in pixels."""
    ratio = Fraction(*size)
    return min(ASPECTS, key=lambda aspect: abs(Fraction(*map(int, aspect.split(":"))) - ratio))


def match_bed(
    beats: Sequence[Beat], energies: Mapping[str, int], mood: str, bpm_milli: int, seed: int, house: House
) -> Request:
    """The request for the music under the whole film. Costs nothing.

    ``lift_ms``: the reveal's first frame (left out without one); ``button_ms``: the end card's first frame, 0 where
    the film is nothing but its end card. A hit's ``at_ms`` is where it lands on the picture: a riser ends there and
    a whoosh peaks there. Source: craft.md 3.4, 5.3 and 5.5, read 2026-11-20.
    """
    ms = [frames_to_ms(beat.start, house.fps) for beat in beats]
    ms.append(frames_to_ms(sum(beat.length for beat in beats), house.fps))
    lift = next((ms[i] for i, beat in enumerate(beats) if beat.name == "reveal"), None)
    button = ms[-2] if beats[-1].name == "end_card" else ms[-1]
    sections = [
        {"at_ms": ms[i], "ms": ms[i + 1] - ms[i], "energy": energies.get(beat.name, 3), "beat": beat.name}
        for i, beat in enumerate(beats)
    ]
    extra: dict[str, Any] = {"bpm_milli": bpm_milli, "button_ms": button, "sections": sections, "seed": seed}
    if lift is not None:
        extra["lift_ms"] = lift
    extra["hits"] = _hits(beats, ms, house)
    return Request(model=house.composer, mode="music", prompt=mood, ms=ms[-1], extra=extra)


_KINDS: Final = {"hook": "hit", "proof": "hit", "offer": "drop", "urgency": "tick", "cta": "whoosh", "agitate": "tick"}


def _hits(beats: Sequence[Beat], ms: list[int], house: House) -> list[dict[str, Any]]:
    """Accents where pictures change hardest; at most one in three quarters of a second."""
    found: list[dict[str, Any]] = []
    for index, beat in enumerate(beats):
        if beat.name == "reveal":
            if ms[index] >= 1500:
                found.append({"at_ms": ms[index], "kind": "riser"})
            found.append({"at_ms": ms[index], "kind": "drop"})
        elif beat.name == "end_card":
            found.append({"at_ms": ms[index], "kind": "hit"})
        elif beat.name in _KINDS:
            found.append({"at_ms": ms[index], "kind": _KINDS[beat.name]})
        elif len(beat.shots) > 1:
            at = frames_to_ms(beat.start + beat.shots[0].length, house.fps)
            found.append({"at_ms": at, "kind": "whoosh"})
    return found


def clip_frames(ms: int, fps: tuple[int, int]) -> Frames:
    """Whole frames that a clip of ``ms`` surely brings: its last one may be cut short."""
    return Frames(max(0, ms * fps[0] // (fps[1] * 1000) - 1))
