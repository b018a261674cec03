"""Finds the cheapest request that a provider takes without the person's own pictures: a first try with a new key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from reelwright.catalogue.model_row import Kind, Model
from reelwright.catalogue.models import load_models
from reelwright.errors import BadInput, OverBudget
from reelwright.providers.protocol import Provider
from reelwright.reason import Action
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.units import Micros, format_usd

_MODES: Final[Mapping[Kind, str]] = {
    "video": "text_to_video",
    "image": "text_to_image",
    "speech": "speech",
    "music": "music",
    "sound_effect": "sound_effect",
    "text": "plan",
}
"""By kind of model, the mode that needs no picture or sound as input."""
_PROMPTS: Final[Mapping[Kind, str]] = {
    "video": "A calm desk lamp is switched on in a quiet room",
    "image": "A calm desk lamp in a quiet room",
    "speech": "Good evening.",
    "music": "Calm piano, slow",
    "sound_effect": "A desk lamp is switched on",
    "text": "Answer with the one word: ready",
}
_EXTRA: Final[Mapping[Kind, Mapping[str, Any]]] = {"text": {"max_tokens": 64}}


def find_cheapest_request(provider: Provider, most: Micros, model: str | None = None) -> tuple[Request, Price]:
    """Return the cheapest request without pictures that ``provider`` would take now, and its price. Never spends.

    ``model``: only requests to this model. Raises ``BadInput`` if the key is missing or nothing can be requested, and
    ``OverBudget`` if the cheapest request costs more than ``most`` micro-dollars.
    """
    found: list[tuple[Request, Price]] = []
    refused: list[BadInput] = []
    for request in _list_candidates(provider, model):
        try:
            provider.check(request)
        except BadInput as error:
            refused.append(error)
            continue
        price = provider.price(request)
        if price.micros is not None:
            found.append((request, price))
    if not found:
        raise _build_refusal(provider, refused)
    best = min(found, key=lambda one: (one[1].certainty == "unconfirmed", one[1].micros or 0, one[0].model))
    if (best[1].micros or 0) > most:
        cheap = min(found, key=lambda one: one[1].micros or 0)
        least = cheap[1].micros or 0
        option = Action("pass_option", {"option": "max_usd", "value": format_usd(least)})
        raise OverBudget(
            code="cheapest_is_dearer", provider=provider.name, micros=least, most_micros=most, actions=[option]
        )
    return best


def _build_refusal(provider: Provider, refused: list[BadInput]) -> BadInput:
    """Return the error that says why nothing can be requested: a missing key first."""
    for error in sorted(refused, key=lambda error: error.field != "key"):
        return error
    return BadInput("provider", provider.name, "one with a model that needs no picture of one's own and has a price")


def _list_candidates(provider: Provider, model: str | None) -> Iterator[Request]:
    sold = provider.list_models()
    for name in sorted(sold):
        row = load_models().get(name)
        if row is not None and (model is None or model in (row.id, *row.aliases)) and _MODES[row.kind] in row.modes:
            yield from _list_requests(row)


def _list_requests(row: Model) -> Iterator[Request]:
    """Yield requests of the model's shortest length, at each of its resolutions and with its first aspect."""
    times = (row.seconds[0] * 1000,) if row.seconds else (None,)
    sounds = (False,) if row.sound == "asked" else (None,)
    for ms, resolution, sound in product(times, row.resolutions or (None,), sounds):
        yield Request(
            model=row.id,
            mode=_MODES[row.kind],
            prompt=_PROMPTS[row.kind],
            ms=ms,
            aspect=row.aspects[0] if row.aspects else None,
            resolution=resolution,
            sound=sound,
            extra=_EXTRA.get(row.kind, {}),
        )
