"""Whether a model takes a request, checked before anything is quoted, reserved or sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NoReturn

from reelwright.catalogue.model_row import Limit, Model, Option, Value
from reelwright.catalogue.models import get_sold_model, load_provider_models
from reelwright.catalogue.snapping import describe_sizes, is_size_sold
from reelwright.errors import BadInput
from reelwright.reel.graph.request import Request

SEEDS: Final = (0, 2**32 - 1)
ROLES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "text_to_video": (frozenset(), frozenset()),
    "image_to_video": (frozenset({"first_frame"}), frozenset({"first_frame"})),
    "first_last_frame": (frozenset({"first_frame", "last_frame"}), frozenset({"first_frame", "last_frame"})),
    "reference_to_video": (frozenset({"reference"}), frozenset({"reference", "first_frame", "last_frame"})),
    "text_to_image": (frozenset(), frozenset()),
    "image_to_image": (frozenset(), frozenset({"reference", "source"})),
    "speech": (frozenset(), frozenset()),
    "music": (frozenset(), frozenset({"melody"})),
    "sound_effect": (frozenset(), frozenset()),
    "plan": (frozenset(), frozenset({"reference", "source"})),
}
"""The roles of inputs that each mode needs, and those that it accepts."""
_ONCE: Final = ("first_frame", "last_frame", "melody")
_SPOKEN: Final[Mapping[str, Option]] = {"voice": Option(longest=200)}


def check_request(request: Request, today: date | None = None) -> None:
    """Raise ``BadInput`` if the model does not accept ``request``, by the rules of its catalogue row. Sends nothing,
    spends nothing.

    Raises ``BadInput`` naming the field, its value and what is accepted. Lengths must be sold lengths, which
    ``snapping.snap_length`` finds. The adapter checks the bytes of images.
    """
    row = get_sold_model(request.model, today)
    for field in ("ms", "samples", "seed"):
        value = getattr(request, field)
        if value is not None and type(value) is not int:
            raise BadInput(field, value, "a whole number")
    if request.mode not in row.modes:
        raise BadInput("mode", request.mode, f"{_for(row)}: {', '.join(row.modes)}")
    _prompt(request, row)
    _length(request, row)
    _listed("aspect", request.aspect, row.aspects, row, none=row.kind not in ("video", "image"))
    _listed("resolution", request.resolution, row.resolutions, row, none=not row.resolutions)
    _counts(request, row)
    _inputs(request, row)
    _extra(request, row)
    for limit in row.limits:
        _limit(request, limit)


def get_field_values(request: Request, field: str) -> tuple[Value, ...]:
    """Return the values that a request has for a field of a catalogue condition, such as ``seconds``; empty if it has
    none.
    """
    match field:
        case "inputs":
            return tuple(one.role for one in request.inputs)
        case "references":
            return tuple(one["role"] for one in request.extra.get("references", ()) if one.get("role"))
        case "seconds":
            return () if request.ms is None else (request.ms // 1000,)
        case "mode" | "aspect" | "resolution" | "sound" | "samples":
            value = getattr(request, field)
        case _:
            value = request.extra.get(field)
    return () if value is None else (value,)


def _for(row: Model) -> str:
    return f"for {row.name}"


def _prompt(request: Request, row: Model) -> None:
    if not request.prompt.strip() and not request.inputs:
        raise BadInput("prompt", request.prompt, "some words")
    if row.prompt_most and len(request.prompt) > row.prompt_most:
        raise BadInput("prompt", f"{len(request.prompt)} characters", f"{_for(row)}: at most {row.prompt_most}")


def _length(request: Request, row: Model) -> None:
    if not row.seconds:
        if request.ms is not None and row.kind != "speech":
            raise BadInput("ms", request.ms, f"{_for(row)}: no length")
        return
    if request.ms is None or request.ms % 1000 or request.ms // 1000 not in row.seconds:
        raise BadInput("seconds", _shown(request.ms), f"{_for(row)}: {format_numbers(row.seconds)} s")


def _shown(ms: int | None) -> Value | None:
    return None if ms is None else ms // 1000 if ms % 1000 == 0 else f"{ms / 1000:g}"


def format_numbers(numbers: Iterable[int]) -> str:
    """Format rising whole numbers as text for a message: ``4, 6, 8`` or ``3 to 15``."""
    listed = list(numbers)
    if len(listed) > 3 and listed == list(range(listed[0], listed[-1] + 1)):
        return f"{listed[0]} to {listed[-1]}"
    return ", ".join(map(str, listed))


def _listed(field: str, value: str | None, accepted: tuple[str, ...], row: Model, none: bool = False) -> None:
    if value is None or value in accepted:
        return
    if none:
        raise BadInput(field, value, f"{_for(row)}: no {field}")
    if accepted:
        raise BadInput(field, value, f"{_for(row)}: {', '.join(accepted)}")


def _counts(request: Request, row: Model) -> None:
    if not 1 <= request.samples <= row.samples:
        raise BadInput("samples", request.samples, f"{_for(row)}: {format_numbers(range(1, row.samples + 1))}")
    if request.seed is not None:
        if not row.has_seed:
            raise BadInput("seed", request.seed, f"{_for(row)}: no seed")
        if not SEEDS[0] <= request.seed <= SEEDS[1]:
            raise BadInput("seed", request.seed, f"a whole number from {SEEDS[0]} to {SEEDS[1]}")
    fixed = {"always": "with its sound", "never": "without sound"}
    if request.sound is not None and row.sound != "asked" and request.sound != (row.sound == "always"):
        raise BadInput("sound", request.sound, f"{_for(row)}: it is always made {fixed[row.sound]}")


def _inputs(request: Request, row: Model) -> None:
    roles: list[str] = [one.role for one in request.inputs]
    needed, taken = ROLES[request.mode]
    for role in roles:
        if role not in taken:
            raise BadInput("inputs", role, f"for {request.mode}: {', '.join(sorted(taken)) or 'none'}")
    for role in sorted(needed - set(roles)):
        raise BadInput("inputs", ", ".join(roles) or "none", f"for {request.mode}: also a {role.replace('_', ' ')}")
    for role in _ONCE:
        if roles.count(role) > 1:
            raise BadInput("inputs", role, f"one {role.replace('_', ' ')}")
    guides = sum(role in ("reference", "source") for role in roles)
    if guides > row.references and row.kind != "text":
        raise BadInput("references", guides, f"{_for(row)}: at most {row.references}")
    if request.mode == "image_to_image" and not guides:
        raise BadInput("inputs", "none", "for image_to_image: one reference or source")


def _extra(request: Request, row: Model) -> None:
    if row.kind == "text":  # everything for a language model is in the prompt; only its output length is an option
        _option("max_tokens", request.extra.get("max_tokens", 1), Option(least=1, most=row.max_output), row)
        return
    for name, value in request.extra.items():
        if name == "negative_prompt" and row.has_negative_prompt:
            _option(name, value, Option(longest=2000), row)
        elif name == "negative_prompt":
            _no_negative(value, row)
        elif name == "references" and row.references:
            _references(value, request)
        elif name == "size" and row.sizes:
            _size(value, row)
        elif name in row.options:
            _option(name, value, row.options[name], row)
        elif row.kind == "speech" and name in _SPOKEN:
            _option(name, value, _SPOKEN[name], row)
        else:
            others = ", ".join(_options(row))
            raise BadInput(name, value, f"{_for(row)}: no {name}" + (f"; it has {others}" if others else ""))


def _no_negative(value: Any, row: Model) -> NoReturn:
    """Refuse a negative prompt, which the model would ignore.

    The hint names models of the same provider that accept one, so with the same key.
    """
    others = [
        one.id
        for one in load_provider_models(row.provider).values()
        if one.has_negative_prompt and one.kind == row.kind and one.lifecycle.stage == "current"
    ]
    more = f"; these take one: {', '.join(others[:4])}" if others else ""
    raise BadInput(
        "negative_prompt", value, f"{_for(row)}: none, for the model has no field for what must not be seen",
        hint=f"say in the prompt what is seen instead{more}",
    )  # fmt: skip


def _options(row: Model) -> list[str]:
    common = {
        "negative_prompt": row.has_negative_prompt, "references": row.references, "size": row.sizes,
        "voice": row.kind == "speech",
    }  # fmt: skip
    return [*dict.fromkeys((*row.options, *(name for name, taken in common.items() if taken)))]


def _option(name: str, value: Any, option: Option, row: Model) -> None:
    if option.values:
        if not any(type(value) is type(one) and value == one for one in option.values):
            _wrong(name, value, ", ".join(map(_word, option.values)), row)
    elif option.longest is not None:
        if not isinstance(value, str) or not value.strip() or len(value) > option.longest:
            _wrong(name, value, f"text of at most {option.longest} characters", row)
    elif type(value) is not int or not (option.least or 0) <= value <= (option.most or 0):
        _wrong(name, value, f"a whole number from {option.least} to {option.most}", row)


def _word(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _wrong(name: str, value: Any, accepted: str, row: Model) -> NoReturn:
    raise BadInput(name, value, f"{_for(row)}: {accepted}")


def _references(value: Any, request: Request) -> None:
    given = sum(one.role == "reference" for one in request.inputs)
    accepted = f"a list of role and name, one for each of the {given} references"
    if not isinstance(value, list | tuple) or len(value) != given:
        raise BadInput("references", value, accepted)
    for one in value:
        if not isinstance(one, Mapping) or not set(one) <= {"role", "name"}:
            raise BadInput("references", one, accepted)


def _size(value: Any, row: Model) -> None:
    pair = isinstance(value, list | tuple) and len(value) == 2 and all(type(side) is int for side in value)
    if not pair or not is_size_sold(row, (value[0], value[1])):
        _wrong("size", value, describe_sizes(row), row)


def _limit(request: Request, limit: Limit) -> None:
    for field, values in limit.when.items():
        if not any(value in values for value in get_field_values(request, field)):
            return
    for field, needed in limit.needs.items():
        has = get_field_values(request, field)
        met = set(needed) <= set(has) if field == "inputs" else bool(has) and has[0] in needed
        if not met:
            shown = ", ".join(map(_word, has)) or None
            raise BadInput(field, shown, f"{', '.join(map(_word, needed))} ({limit.message})")
    for field, barred in limit.bars.items():
        if found := [value for value in get_field_values(request, field) if value in barred]:
            raise BadInput(field, _word(found[0]), f"none of {', '.join(map(_word, barred))}: {limit.message}")
