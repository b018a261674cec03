"""Route of the page of AI models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.catalogue.limits import format_numbers
from reelwright.catalogue.model_row import Kind
from reelwright.known_providers import find_missing_address
from reelwright.server.routes.native import get_deployment
from reelwright.studio.results.inventory import ModelDetails
from reelwright.web.forms import Studio
from reelwright.web.outcomes import PageRoute
from reelwright.web.rendering import render

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_ABILITIES: Final = {"text_to_video": "text", "image_to_video": "image", "first_last_frame": "both",
                     "text_to_image": "text", "image_to_image": "image"}  # fmt: skip
"""Modes that have a column of their own, with its name."""
ABILITIES: Final = ("text", "image", "both", "references", "sound")
"""Abilities in the order in which pages show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """A model as a row. ``can``: names of what it can do. ``lengths``: those that it sells, in seconds. ``address``:
    the variable that a model of one's own server waits for; empty where it can be used, as in a rehearsal.
    """

    model: ModelDetails
    can: frozenset[str]
    lengths: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BestKey:
    """The key that opens most models that are not open yet. ``variable`` holds it."""

    variable: str
    page: str
    models: int


@router.get("/studio/models")
async def show_models(request: Request, studio: Studio, kind: str = "video", can: str = "") -> Response:
    """Show the models of a kind, also retired ones. ``can``: only those with this ability; empty: all."""
    shown_kind: Kind = next((one for one in _KINDS if one == kind), "video")
    every = [build_row(request, one) for one in await studio.list_models(include_retired=True)]
    rows = [row for row in every if row.model.kind == shown_kind]
    abilities = sorted({name for row in rows for name in row.can}, key=ABILITIES.index)
    ability = can if can in abilities else ""
    groups = group_rows(request, [row for row in rows if not ability or ability in row.can])
    is_open = get_deployment(request).is_rehearsal  # every key counts as here then
    return render(
        request, "models/page.html", room="models", kind=shown_kind, can=ability, groups=groups, abilities=abilities,
        today=f"{datetime.now(UTC):%Y-%m-%d}",
        kinds=[one for one in _KINDS if any(row.model.kind == one for row in every)], known=len(every),
        ready=sum((is_open or row.model.has_key) and row.model.stage != "retired" and not row.address for row in every),
        best=_find_best_key(groups["locked"]),
    )  # fmt: skip


def build_row(request: Request, model: ModelDetails) -> ModelRow:
    """Build the row of a model: what it can do, the lengths that it sells, and the address that it lacks."""
    can = {_ABILITIES[mode] for mode in model.modes if mode in _ABILITIES}
    can |= {"references"} if model.references else set()
    can |= {"sound"} if model.kind == "video" and model.sound != "never" else set()
    deployment, address = get_deployment(request), ""
    if not (model.key_variable or deployment.is_rehearsal):
        address = find_missing_address(model.provider, deployment.runtime.settings.base_urls)
    return ModelRow(model=model, can=frozenset(can), lengths=format_numbers(model.durations_s), address=address)


def group_rows(request: Request, rows: Iterable[ModelRow]) -> dict[str, list[ModelRow]]:
    """Divide rows by what they lack. In a rehearsal every key counts as here."""
    groups: dict[str, list[ModelRow]] = {"ready": [], "own": [], "locked": [], "retired": []}
    for row in rows:
        if row.model.stage == "retired":
            groups["retired"].append(row)
        elif row.model.key_variable is None:
            groups["own"].append(row)
        else:
            is_open = row.model.has_key or get_deployment(request).is_rehearsal
            groups["ready" if is_open else "locked"].append(row)
    return groups


def _find_best_key(rows: Sequence[ModelRow]) -> BestKey | None:
    opened = Counter((row.model.key_variable or "", row.model.key_page or "") for row in rows)
    if not opened:
        return None
    ((variable, page), models) = opened.most_common(1)[0]
    return BestKey(variable=variable, page=page, models=models)
