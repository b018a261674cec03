"""From a ``VideoRequest`` to the row that buys it: the model found, the length snapped, every limit checked."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final, cast

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import known, model, rows_of
from reelwright.client.answers import VideoRequest
from reelwright.client.options import DEFAULT_SECONDS, ClientOptions
from reelwright.errors import BadInput
from reelwright.planner.casting.clip import ClipAsked, clip_plan
from reelwright.providers.protocol import Provider
from reelwright.reel.brief import Brief
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio.rows import Row
from reelwright.studio.successors import Successors

OWN: Final = "litellm-own"
"""The row of the catalogue for a name that a proxy's owner made up."""
PROXY: Final = "proxy:"


def row_of(asked: VideoRequest, options: ClientOptions, settings: Settings, wire: Provider) -> Row:
    """A clip: a project of one shot whose goal is takes. Raises ``BadInput`` before anything is sent or written."""
    successors = Successors(options.successor, settings)
    named = asked.model or options.model
    served = own_name(named, wire)
    row = known(OWN) if served else model_called(named, wire, successors)
    clip = clip_plan(
        ClipAsked(
            prompt=asked.prompt,
            model=row.id,
            seconds=Fraction(str(asked.seconds or DEFAULT_SECONDS)),
            aspect=asked.aspect_ratio,
            resolution=asked.resolution,
            negative=asked.negative_prompt,
            seed=asked.seed,
            served=served,
        )
    )
    wire.check(cast(Request, clip.plan.shots[0].source))
    brief = Brief(text=asked.prompt, goal="takes", models=(row.id,), instead=successors.instead)
    said = (*successors.said, *clip.said)
    return Row(n=1, brief=brief, plan=clip.plan, goal="takes", out=_place(asked.output_path), said=said)


def own_name(name: str, wire: Provider) -> str | None:
    """What the proxy's owner calls a model that no catalogue knows, and ``NAME`` of ``proxy:NAME``; else None.

    None as well where the wire is that of no proxy. A name of the catalogue means that model, also a retired one.
    """
    if OWN not in wire.models():
        return None
    if name.startswith(PROXY):
        return name.removeprefix(PROXY)
    if any(row.sold_as == name for row in rows_of(wire.name).values()):
        return None
    try:
        known(name)
    except BadInput:
        return name
    return None


def model_called(name: str, wire: Provider, successors: Successors) -> Model:
    """The model by our id, an alias, or the wire's own name for it; a retired one's successor where that is wanted.

    Raises ``BadInput`` naming the successor, and where that is not sold over this wire, what is.
    """
    sold = wire.models()
    for row in rows_of(wire.name).values():
        if row.id in sold and row.sold_as == name and row.profile == "litellm":
            return row
    found = model(successors.sold(name))
    if found.id not in sold:
        hint = f"{successors.said[-1]}, and that is not sold there" if successors.said else ""
        raise BadInput("model", name, f"a model that is sold there: {', '.join(sorted(sold))}", hint=hint)
    return known(found.id)


def _place(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()
