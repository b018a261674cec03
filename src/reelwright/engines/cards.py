"""Cards of engines: how an AI-video engine is started, asked whether it is well, cancelled and stopped."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from reelwright.catalogue.model_row import Count, Positive, Text
from reelwright.engines.card_files import read_card
from reelwright.engines.policy import CANCEL_GRACE_S, DEFAULT_LOADING_S, ENGINE_STOP_S, IDLE_STOP_S
from reelwright.errors import BadInput
from reelwright.reel.base.yaml_rows import ReadAs, accept_if, define_row

SHIPPED: Final = Path(__file__).parent / "shipped"
"""Folder of the cards that come with the package."""
PLACES: Final = frozenset({"python", "weights", "host", "port", "options", "gpus"})
"""What a command line may name in braces: interpreter, weights, address, port, options file and number of GPUs."""
Counted = Literal["frames", "seconds", "size", "fps", "steps", "seed", "negative_prompt"]
"""What of a request an engine counts with."""
Deleting = Literal["stops", "may_drain", "forgets"]
"""What an engine does with a running video that is deleted: it stops within a step; it may compute the video to its end
first; or it only forgets the video and computes on."""


def _is_command_word(word: str) -> bool:
    return {name for _, name, _, _ in string.Formatter().parse(word) if name is not None} <= PLACES


Word = Annotated[
    str,
    ReadAs(str, accept_if(_is_command_word, f"text, with {', '.join(f'{{{name}}}' for name in sorted(PLACES))}")),
]
UrlPath = Annotated[str, ReadAs(str, accept_if(re.compile(r"/[\w/.-]*").fullmatch, "a path such as /health"))]
Port = Annotated[int, ReadAs(int, accept_if(lambda port: 1024 <= port <= 65535, "a port from 1024 to 65535"))]


@define_row()
class Health:
    """The check whether an engine is ready: a GET of ``path`` that answers 200.

    ``within_s``: seconds that it has to load its weights. ``every_s``: between two questions.
    """

    path: UrlPath
    within_s: Positive = DEFAULT_LOADING_S
    every_s: Positive = 1


@define_row()
class Cancel:
    """The end of a running video that is deleted: ``delete`` says what the engine does with it.

    ``grace_s``: seconds after which an engine that still computes is killed, and started again when it is needed.
    """

    delete: Deleting
    grace_s: Count = CANCEL_GRACE_S


@define_row()
class EngineCard:
    """An AI-video engine that can run on this machine.

    ``wire``: whose variant of ``/v1/videos`` it speaks. ``command``: its command line, an argument each, with places in
    braces. ``program``: the program that must be there for it. ``modules``: what its Python interpreter must have.
    ``environment``: variables that it gets beside those of every child. ``port``: its only port; None: a free one.
    ``counts``: fields of a request that it uses. ``pipelines``: the classes of models that it runs; empty: any.
    ``slots``: requests that it is given at once. ``idle_s``: seconds without a request after which it is stopped.
    ``stop_s``: seconds from the request to end until it is killed. ``shared_memory_gb``: what ``/dev/shm`` should have.
    """

    name: Text
    label: Text
    licence: Text
    source: Text
    as_of: date
    wire: Literal["vllm_omni", "sglang"]
    program: Text
    modules: tuple[Text, ...] = ()
    command: tuple[Word, ...]
    environment: Mapping[Text, str] = field(default_factory=dict)
    port: Port | None = None
    health: Health
    cancel: Cancel
    counts: tuple[Counted, ...]
    pipelines: tuple[Text, ...] = ()
    slots: Positive = 1
    idle_s: Positive = IDLE_STOP_S
    stop_s: Positive = ENGINE_STOP_S
    shared_memory_gb: Count = 0
    note: Text = ""


def load_engine_cards(home: Path) -> Mapping[str, EngineCard | BadInput]:
    """Return the cards of all engines by name: those of the package, and those of the folder ``engines`` in ``home``.

    A card of the home replaces one of the same name. A card that cannot be read is its error.
    """
    found: dict[str, EngineCard | BadInput] = dict(_load_shipped())
    for path in sorted((home / "engines").glob("*.yaml")):
        try:
            found[path.stem] = read_card(EngineCard, path, name=path.stem)
        except BadInput as error:
            found[path.stem] = error
    return found


@cache
def _load_shipped() -> Mapping[str, EngineCard]:
    return {path.stem: read_card(EngineCard, path, name=path.stem) for path in sorted(SHIPPED.glob("*.yaml"))}


def get_engine_card(home: Path, name: str) -> EngineCard:
    """Return the card of the engine ``name``. Raises ``BadInput`` if there is none, or its error."""
    cards = load_engine_cards(home)
    card = cards.get(name)
    if card is None:
        raise BadInput("engine", name, f"one of {', '.join(cards)}")
    if isinstance(card, BadInput):
        raise card
    return card
