"""Rows of the catalogue for the models of this machine's engines: what each makes, at a price of 0."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reelwright.catalogue.model_row import Model, SizeRule
from reelwright.catalogue.models import find_model, is_shipped_name, register_models
from reelwright.catalogue.reader import parse_rows
from reelwright.engines.cards import EngineCard, load_engine_cards
from reelwright.engines.model_cards import ModelCard, get_models_folder, load_model_cards
from reelwright.errors import BadInput
from reelwright.known_providers import ENGINES

_LOG: Final = logging.getLogger(__name__)


def build_row(card: ModelCard, engine: EngineCard, path: Path) -> Model:
    """Build the catalogue's row of a model. Raises ``BadInput`` where the numbers of its card do not fit each other."""
    if engine.pipelines and card.pipeline not in engine.pipelines:
        raise BadInput(f"{path}: engine", engine.name, f"an engine that runs {card.pipeline}; {engine.name} does not")
    if not card.frames.least <= (card.frames.usual or card.frames.least) <= card.frames.most or not card.frames.fps:
        raise BadInput(f"{path}: frames", card.frames.usual, "numbers from least to most, and an fps above 0")
    if is_shipped_name(card.name):
        raise BadInput(str(path), card.name, f"another name: {find_model(card.name).name} is called so already")
    longest = card.frames.most // card.frames.fps
    if not longest:
        raise BadInput(f"{path}: frames.most", card.frames.most, f"at least {card.frames.fps}, a second at its fps")
    options: dict[str, Any] = {"frames": {"least": card.frames.least, "most": card.frames.most}}
    if "steps" in engine.counts:
        options["steps"] = {"least": card.steps.least, "most": card.steps.most}
    row = {
        "name": card.label, "sold_as": "*", "kind": "video", "modes": [*card.modes],
        "seconds": {"least": 1, "most": longest}, "aspects": [*card.aspects], "resolutions": [*card.resolutions],
        "fps": card.frames.fps, "seed": "seed" in engine.counts,
        "negative_prompt": "negative_prompt" in engine.counts, "options": options,
        "frames": {name: getattr(card.frames, name) for name in ("fps", "step", "plus", "least", "most", "usual")},
        "sizes": _write_sizes(card.sizes), "prices": {"unit": "nothing"}, "latency_s": [*card.latency_s],
        "lifecycle": {"stage": "current", "source": str(path)}, "aliases": [*card.aliases],
        "licence": card.licence.name if card.licence.may_be_sold else f"{card.licence.name}: no commercial use",
        "source": f"your own machine ({engine.label})", "as_of": engine.as_of, "certain": True, "resubmit": "free",
        "key": False, "profile": engine.wire, "rate": {"open": engine.slots},
        **({"note": card.note} if card.note else {}),
    }  # fmt: skip
    return parse_rows({"models": {card.name: row}}, ENGINES, str(path))[card.name]


def _write_sizes(rule: SizeRule) -> Any:
    if rule.choices:
        return [[*size] for size in rule.choices]
    return {"multiple": rule.multiple, "least": rule.least, "most": rule.most}


def register_rows(home: Path, *, only_commercial: bool = False) -> Mapping[str, BadInput]:
    """Put the models of this machine's engines into this process's catalogue; return the cards that were refused.

    ``only_commercial``: refuse weights whose licence forbids commercial use. A job that names a refused model is
    refused with the same error.
    """
    rows: dict[str, Model] = {}
    refused: dict[str, BadInput] = {}
    engines = load_engine_cards(home)
    for name, card in load_model_cards(home).items():
        path = get_models_folder(home) / f"{name}.yaml"
        try:
            rows[name] = _build_allowed_row(card, engines, path, only_commercial=only_commercial)
        except BadInput as error:
            _LOG.warning("the model %s cannot be used: %s", name, error)
            refused[name] = error
    register_models(ENGINES, rows, refused)
    return refused


def _build_allowed_row(
    card: ModelCard | BadInput, engines: Mapping[str, EngineCard | BadInput], path: Path, *, only_commercial: bool
) -> Model:
    if isinstance(card, BadInput):
        raise card
    engine = engines.get(card.engine)
    if engine is None:
        raise BadInput(f"{path}: engine", card.engine, f"one of {', '.join(engines)}")
    if isinstance(engine, BadInput):
        raise engine
    if only_commercial and not card.licence.may_be_sold:
        raise BadInput(
            f"{path}: licence", card.licence.name, "a licence that permits commercial use, as model_licences says"
        )
    return build_row(card, engine, path)
