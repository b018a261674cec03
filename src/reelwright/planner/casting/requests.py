"""Builds the requests to AI models for takes, stills, voice lines and beds: the only requests that cost money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import Model
from reelwright.errors import BadInput
from reelwright.planner.casting.accents import describe_accent
from reelwright.planner.casting.terms import Terms, choose_aspect
from reelwright.planner.casting.wording import OpeningKind, PromptWords, write_still_prompt, write_take_prompt
from reelwright.planner.prompts import parse_prompt
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Reference
from reelwright.reel.film.plan import Plan, Shot, compute_take_length
from reelwright.reel.graph.request import Input, Request
from reelwright.units import convert_frames_to_ms

_FIRST: Final = "first_frame"


@define_value
class ShotContext:
    """The surroundings of a request. ``size`` of the film in pixels; ``accent``: its colour; ``has_titles``: type lies
    over it.
    """

    size: tuple[int, int]
    look: str
    accent: str
    language: str
    has_titles: bool
    seed: int


def build_take_request(
    prompt: str, row: Model, terms: Terms, context: ShotContext, footage_ms: int, inputs: tuple[Input, ...] = ()
) -> Request:
    """Build the request for a take of at least ``footage_ms``, at the shortest length that the model sells for it.

    Raises ``BadInput`` if the model does not take the request, or sells no take that long. Never spends.
    """
    inputs = _add_references(inputs, row, terms.references)
    words = write_take_prompt(
        parse_prompt(prompt),
        row,
        find_opening(inputs),
        accent=describe_accent(context.look, context.accent),
        has_titles=context.has_titles,
        has_sound=(bool(terms.sound) and row.sound == "asked") or row.sound == "always",
    )
    named = [r for r in terms.references if any(i.role == "reference" and i.asset == r.asset for i in inputs)]
    request = Request(
        model=row.id,
        mode=choose_mode(inputs),
        prompt=add_reference_names(words.prompt, named),
        aspect=choose_aspect(context.size, row),
        resolution=terms.resolution or (row.resolutions[0] if row.resolutions else None),
        samples=terms.samples,
        seed=context.seed if row.has_seed else None,
        sound=bool(terms.sound) if row.sound == "asked" else None,
        inputs=inputs,
        extra=_build_extra(words, named),
    )
    return fit_length(request, row, footage_ms)


def fit_length(request: Request, row: Model, footage_ms: int) -> Request:
    """Return the request at the shortest sold length that holds ``footage_ms`` and that its other terms allow."""
    if not row.seconds:
        check_request(replace(request, ms=None))
        return replace(request, ms=None)
    return _find_first_length(lambda ms: replace(request, ms=ms), [s * 1000 for s in row.seconds], footage_ms, row)


def _find_first_length(
    make_request: Callable[[int], Request], lengths: Sequence[int], least: int, row: Model
) -> Request:
    refused: BadInput | None = None
    for ms in lengths:
        if ms < least:
            continue
        try:
            check_request(make_request(ms))
        except BadInput as error:
            refused = refused or error
            continue
        return make_request(ms)
    if refused:
        raise refused
    raise BadInput("length", f"{least / 1000:g} s", f"at most {lengths[-1] / 1000:g} s for one take of {row.name}")


MARGIN_MS: Final = 200
"""Added if there is a transition: takes come a few frames shorter than sold, and only the middle can be stretched."""


def compute_needed_ms(plan: Plan, shot: Shot, spare: int = 0) -> int:
    """Compute the milliseconds that the shot's take must last: its window, ``spare`` frames, and what its transition
    needs.
    """
    return convert_frames_to_ms(compute_take_length(shot) + spare, plan.fps) + (
        MARGIN_MS if shot.transition.length else 0
    )


def choose_mode(inputs: Sequence[Input]) -> str:
    """Return the mode that a take's inputs ask for: ``first_last_frame`` … ``text_to_video`` if there are none."""
    roles = {i.role for i in inputs}
    if _FIRST in roles:
        return "first_last_frame" if "last_frame" in roles else "image_to_video"
    return "reference_to_video" if "reference" in roles else "text_to_video"


def find_opening(inputs: Sequence[Input]) -> OpeningKind:
    """Return what a take opens on: the ``previous`` shot's last frame, another ``picture``, or ``nothing``."""
    first = next((i for i in inputs if i.role == _FIRST), None)
    if first is None:
        return "nothing"
    return "previous" if first.part == "last_frame" else "picture"


def _add_references(inputs: tuple[Input, ...], row: Model, references: Sequence[Reference]) -> tuple[Input, ...]:
    """Add the references if the model takes them and no first frame is given, which shows them already."""
    if any(i.role == _FIRST for i in inputs) or "reference_to_video" not in row.modes:
        return inputs
    return (*inputs, *(Input(role="reference", asset=r.asset) for r in references[: row.references]))


def add_reference_names(prompt: str, references: Sequence[Reference]) -> str:
    """Return the prompt with a sentence that says what each reference picture shows, in the order in which they are
    given.
    """
    clauses = [f"image {n} is the {r.role} {r.name}" if r.name else f"image {n} is the {r.role}" for n, r in
            enumerate(references, 1)]  # fmt: skip
    return f"{prompt} Reference {'; '.join(clauses)}; keep each exactly as it is." if clauses else prompt


def _build_extra(words: PromptWords, named: Sequence[Reference]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if words.negative:
        extra["negative_prompt"] = words.negative
    if named:
        extra["references"] = [{"role": r.role, "name": r.name} for r in named]
    return extra


def build_still_request(prompt: str, row: Model, terms: Terms, context: ShotContext) -> Request:
    """Build the request for a shot's storyboard still: its first frame. References go to a model that takes them."""
    idea = parse_prompt(prompt)
    words = write_still_prompt(
        idea, row, accent=describe_accent(context.look, context.accent), has_titles=context.has_titles
    )
    named = terms.references
    if len(named) > (most := row.references if "image_to_image" in row.modes else 0):
        accepted = (
            f"at most {most}, which {row.name} is shown for the stills" if most else f"none: {row.name} takes none"
        )
        raise BadInput("references", f"{len(named)} pictures", accepted)
    request = Request(
        model=row.id,
        mode="image_to_image" if named else "text_to_image",
        prompt=add_reference_names(words.prompt, named),
        aspect=choose_aspect(context.size, row),
        resolution=row.resolutions[0] if row.resolutions else None,
        seed=context.seed if row.has_seed else None,
        inputs=tuple(Input(role="reference", asset=r.asset) for r in named),
        extra={**_pick_options(terms.image_params, row), **_build_extra(words, named)},
    )
    check_request(request)
    return request


def _pick_options(options: Mapping[str, Any], row: Model) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name in row.options}


def choose_voice(row: Model, voice: str, language: str) -> str:
    """Return ``voice``, or where it is empty the one that speaks ``language`` (BCP 47) by default.

    Raises ``BadInput`` for a language that the model does not speak.
    """
    if voice or not row.default_voices:
        return voice
    whole = language.casefold()
    found = row.default_voices.get(whole) or row.default_voices.get(whole.partition("-")[0])
    if not found:
        spoken = ", ".join(name for name in row.default_voices if "-" not in name)
        raise BadInput("language", language, f"for the voice {row.name}: {spoken}")
    return found


def build_voice_request(text: str, row: Model, voice: str, language: str) -> Request:
    """Build the request for one voice line. ``voice`` empty: the model's own of the film's language."""
    extra = {
        "voice": choose_voice(row, voice, language),
        **({"language": language.split("-")[0]} if "language" in row.options else {}),
    }
    request = Request(model=row.id, mode="speech", prompt=text, extra=extra)
    check_request(request)
    return request


def build_music_request(mood: str, bpm_milli: int | None, ms: int, row: Model, piece_index: int = 0) -> Request:
    """Build the request for a bed of at least ``ms``, instrumental, in the film's mood and tempo.

    ``piece_index``: above 0, another piece of the same, asked for in words: not every seller of music takes a seed.
    """
    tempo = f", {round(bpm_milli / 1000)} beats a minute" if bpm_milli else ""
    prompt = f"Instrumental {mood} film music{tempo}, clear build to a bright middle, a definite last note. No vocals."
    if piece_index:
        prompt = f"{prompt} Piece {piece_index + 1}, with a melody and a rhythm of its own."
    request = Request(model=row.id, mode="music", prompt=prompt)
    if row.seconds:
        return fit_length(request, row, ms)
    check_request(request)
    return request
