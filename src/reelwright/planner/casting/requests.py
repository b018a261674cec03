"""Requests to AI models: for a take, a still, a voice line and a bed. The only maker of paid requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reelwright.catalogue.limits import check
from reelwright.catalogue.model import Model
from reelwright.errors import BadInput
from reelwright.planner.casting.accents import in_words
from reelwright.planner.casting.terms import Terms, aspect_of
from reelwright.planner.casting.wording import Opened, Words, still_words, take_words
from reelwright.planner.prompts import read_idea
from reelwright.reel.brief import Reference
from reelwright.reel.noun import noun
from reelwright.reel.plan import Plan, Shot, footage
from reelwright.reel.request import Input, Request
from reelwright.units import frames_to_ms

_FIRST: Final = "first_frame"


@noun
class Scene:
    """Where a request stands. ``size`` of the film in pixels; ``accent``: its colour; ``titled``: type lies over it."""

    size: tuple[int, int]
    look: str
    accent: str
    language: str
    titled: bool
    seed: int


def take_request(
    prompt: str, row: Model, terms: Terms, scene: Scene, footage_ms: int, inputs: tuple[Input, ...] = ()
) -> Request:
    """A take of at least ``footage_ms``, at the shortest length that the model sells for it.

    Raises ``BadInput`` where the model does not take the request, or sells none so long. Never spends.
    """
    inputs = _with_references(inputs, row, terms.references)
    words = take_words(
        read_idea(prompt), row, opened_of(inputs), accent=in_words(scene.look, scene.accent), titled=scene.titled,
        sound=(bool(terms.sound) and row.sound == "asked") or row.sound == "always",
    )  # fmt: skip
    named = [r for r in terms.references if any(i.role == "reference" and i.asset == r.asset for i in inputs)]
    request = Request(
        model=row.id,
        mode=mode_of(inputs),
        prompt=naming(words.prompt, named),
        aspect=aspect_of(scene.size, row),
        resolution=terms.resolution or (row.resolutions[0] if row.resolutions else None),
        samples=terms.samples,
        seed=scene.seed if row.seed else None,
        sound=bool(terms.sound) if row.sound == "asked" else None,
        inputs=inputs,
        extra=_extra(words, named),
    )
    return at_length(request, row, footage_ms)


def at_length(request: Request, row: Model, footage_ms: int) -> Request:
    """The request at the shortest length sold that holds ``footage_ms`` and that its other terms allow."""
    if not row.seconds:
        check(replace(request, ms=None))
        return replace(request, ms=None)
    return _first_that(lambda ms: replace(request, ms=ms), [s * 1000 for s in row.seconds], footage_ms, row)


def _first_that(made: Callable[[int], Request], lengths: Sequence[int], least: int, row: Model) -> Request:
    refused: BadInput | None = None
    for ms in lengths:
        if ms < least:
            continue
        try:
            check(made(ms))
        except BadInput as error:
            refused = refused or error
            continue
        return made(ms)
    if refused:
        raise refused
    raise BadInput("length", f"{least / 1000:g} s", f"at most {lengths[-1] / 1000:g} s for one take of {row.name}")


MARGIN_MS: Final = 200
"""Beyond a transition: takes come a few frames shorter than they are sold, and a body can be stretched, a join not."""


def needed_ms(plan: Plan, shot: Shot, spare: int = 0) -> int:
    """Milliseconds that the shot's take must last: its window, ``spare`` frames, and what its transition needs."""
    return frames_to_ms(footage(shot) + spare, plan.fps) + (MARGIN_MS if shot.into.over else 0)


def mode_of(inputs: Sequence[Input]) -> str:
    roles = {i.role for i in inputs}
    if _FIRST in roles:
        return "first_last_frame" if "last_frame" in roles else "image_to_video"
    return "reference_to_video" if "reference" in roles else "text_to_video"


def opened_of(inputs: Sequence[Input]) -> Opened:
    first = next((i for i in inputs if i.role == _FIRST), None)
    if first is None:
        return "nothing"
    return "previous" if first.part == "last_frame" else "picture"


def _with_references(inputs: tuple[Input, ...], row: Model, references: Sequence[Reference]) -> tuple[Input, ...]:
    """References where the model takes them and no frame is given, which shows them already."""
    if any(i.role == _FIRST for i in inputs) or "reference_to_video" not in row.modes:
        return inputs
    return (*inputs, *(Input(role="reference", asset=r.asset) for r in references[: row.references]))


def naming(prompt: str, named: Sequence[Reference]) -> str:
    """The prompt with who or what each reference picture shows, in the order in which they are given."""
    said = [f"image {n} is the {r.role} {r.name}" if r.name else f"image {n} is the {r.role}" for n, r in
            enumerate(named, 1)]  # fmt: skip
    return f"{prompt} Reference {'; '.join(said)}; keep each exactly as it is." if said else prompt


def _extra(words: Words, named: Sequence[Reference]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if words.negative:
        extra["negative_prompt"] = words.negative
    if named:
        extra["references"] = [{"role": r.role, "name": r.name} for r in named]
    return extra


def still_request(prompt: str, row: Model, terms: Terms, scene: Scene) -> Request:
    """The storyboard still of a shot: its first frame. References are shown to a model that takes them."""
    idea = read_idea(prompt)
    words = still_words(idea, row, accent=in_words(scene.look, scene.accent), titled=scene.titled)
    named = terms.references[: row.references] if "image_to_image" in row.modes else ()
    request = Request(
        model=row.id,
        mode="image_to_image" if named else "text_to_image",
        prompt=naming(words.prompt, named),
        aspect=aspect_of(scene.size, row),
        resolution=row.resolutions[0] if row.resolutions else None,
        seed=scene.seed if row.seed else None,
        inputs=tuple(Input(role="reference", asset=r.asset) for r in named),
        extra={**_taken(terms.image_params, row), **_extra(words, named)},
    )
    check(request)
    return request


def _taken(options: Mapping[str, Any], row: Model) -> dict[str, Any]:
    """The options that this model has."""
    return {name: value for name, value in options.items() if name in row.options}


def voice_request(text: str, row: Model, voice: str, language: str) -> Request:
    """One voice line."""
    extra = {"voice": voice, **({"language": language.split("-")[0]} if "language" in row.options else {})}
    request = Request(model=row.id, mode="speech", prompt=text, extra=extra)
    check(request)
    return request


def music_request(mood: str, bpm_milli: int | None, ms: int, row: Model) -> Request:
    """A bed of at least ``ms``, instrumental, in the film's mood and tempo."""
    tempo = f", {round(bpm_milli / 1000)} beats a minute" if bpm_milli else ""
    prompt = f"Instrumental {mood} film music{tempo}, clear build to a bright middle, a definite last note. No vocals."
    request = Request(model=row.id, mode="music", prompt=prompt)
    if row.seconds:
        return at_length(request, row, ms)
    check(request)
    return request
