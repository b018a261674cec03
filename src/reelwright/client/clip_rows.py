"""Builds the batch row that buys a ``VideoRequest``: finds its model, snaps its length, checks every limit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final, cast

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import find_model, get_sold_model, load_provider_models
from reelwright.client.options import ClientOptions
from reelwright.client.policy import DEFAULT_SECONDS
from reelwright.client.videos import VideoRequest
from reelwright.errors import BadInput
from reelwright.planner.casting.clip import ClipRequest, plan_clip
from reelwright.providers.protocol import Provider
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.results.rows import Row
from reelwright.studio.runtime.successors import Successors

PROXY_MODEL: Final = "litellm-own"
"""The catalogue's model for any name that the owner of a proxy made up."""
PROXY_PREFIX: Final = "proxy:"


def build_row(request: VideoRequest, options: ClientOptions, settings: Settings, wire: Provider) -> Row:
    """Build the batch row (a project of one shot) that buys the requested video; sends nothing.

    Raises ``BadInput``; nothing has been sent or written by then.
    """
    successors = Successors(options.successor, settings, {wire.name: wire})
    named = request.model or options.model
    served = find_proxy_model_name(named, wire)
    row = find_model(PROXY_MODEL) if served else find_wire_model(named, wire, successors)
    clip = plan_clip(
        ClipRequest(
            prompt=request.prompt,
            model=row.id,
            seconds=Fraction(str(request.seconds or DEFAULT_SECONDS)),
            aspect=request.aspect_ratio,
            resolution=request.resolution,
            negative=request.negative_prompt,
            seed=request.seed,
            served_model=served,
        )
    )
    wire.check(cast(Request, clip.plan.shots[0].source))
    brief = Brief(text=request.prompt, goal="takes", models=(row.id,), replaced_models=successors.replaced_models)
    notes = (*successors.notes, *clip.messages)
    return Row(n=1, brief=brief, plan=clip.plan, goal="takes", out=_make_absolute(request.output_path), notes=notes)


def find_proxy_model_name(name: str, wire: Provider) -> str | None:
    """Return the name that the proxy's owner gave to the model ``name``; None if ``name`` is a model of the catalogue.

    Without the prefix, a name that the catalogue knows means that model, even a retired one: None. If ``wire`` is not
    a proxy's, the answer is None, too.
    """
    if PROXY_MODEL not in wire.list_models():
        return None
    if name.startswith(PROXY_PREFIX):
        return name.removeprefix(PROXY_PREFIX)
    if any(row.sold_as == name for row in load_provider_models(wire.name).values()):
        return None
    try:
        find_model(name)
    except BadInput:
        return name
    return None


def find_wire_model(name: str, wire: Provider, successors: Successors) -> Model:
    """Return the catalogue's model for an id, an alias or the provider's own name; for a retired one its successor, if
    allowed.

    Raises ``BadInput``. Its message names the successor of a retired model, or the models that this wire sells.
    """
    sold = wire.list_models()
    for row in load_provider_models(wire.name).values():
        if row.id in sold and row.sold_as == name and row.profile == "litellm":
            return row
    found = get_sold_model(successors.resolve_model(name))
    if found.id not in sold:
        hint = f"{successors.notes[-1]}, and that is not sold there" if successors.notes else ""
        raise BadInput("model", name, f"a model that is sold there: {', '.join(sorted(sold))}", hint=hint)
    return find_model(found.id)


def _make_absolute(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()
