"""Cards of models: the weights that an engine runs, their licence, and the numbers of frames and sizes they make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Final, Literal

from reelwright.catalogue.model_row import AspectRatio, Count, FrameRule, Positive, SizeRuleOfFile, Text
from reelwright.engines.card_files import read_card
from reelwright.errors import BadInput
from reelwright.reel.base.yaml_rows import ReadAs, accept_if, define_row

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
"""How the name of a model of one's own is spelt: it names a file and a model in requests."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")

FILE_NAME: Final = re.compile(r"(?!.*\.\.)[\w-][\w./-]{0,200}")
"""A file below the folder of the weights."""
HUB_ID: Final = re.compile(r"(?!\.{1,2}/)[\w.-]{1,96}/(?!\.{1,2}$)[\w.-]{1,96}")

Commit = Annotated[str, ReadAs(str, accept_if(_COMMIT.fullmatch, "a commit of 40 hexadecimal digits, no branch"))]
Sha256 = Annotated[str, ReadAs(str, accept_if(_DIGEST.fullmatch, "a SHA-256 of 64 hexadecimal digits"))]
HubId = Annotated[str, ReadAs(str, accept_if(HUB_ID.fullmatch, "OWNER/NAME at the hub"))]
FileName = Annotated[str, ReadAs(str, accept_if(FILE_NAME.fullmatch, "a file below the folder"))]


@define_row()
class Weights:
    """The weights of a model: their ``folder``, and their origin.

    ``hub``: their id at the hub; ``revision``: the commit there. ``digests``: the SHA-256 of each file.
    """

    folder: Text
    hub: HubId | None = None
    revision: Commit | None = None
    digests: Mapping[FileName, Sha256] = field(default_factory=dict)


@define_row(may_be_sold="commercial")
class Licence:
    """The licence of a model's weights. ``may_be_sold``: it permits commercial use of what is made with them."""

    name: Text
    may_be_sold: bool
    source: Text


@define_row()
class Steps:
    """Denoising steps of a model: by default, and the fewest and most that it makes."""

    usual: Positive
    least: Positive = 2
    most: Positive = 200


@define_row()
class Memory:
    """Memory that a model needs. ``gpu_gb``: of one GPU, 0 if it runs without. ``gpus``: how many GPUs.

    ``node_resources``: what else a node of a Ray cluster must have, by the name that the cluster gave it.
    ``offload``: keep parts that wait in the main memory: ``auto`` decides by what is free. ``tiling``: decode in tiles.
    """

    gpu_gb: Count
    gpus: Count = 1
    offload: Literal["auto", "none", "model", "group"] = "auto"
    tiling: Literal["auto", "yes", "no"] = "auto"
    node_resources: Mapping[Text, Positive] = field(default_factory=dict)


Guidance = Annotated[float, ReadAs(float, accept_if(lambda scale: 0 <= scale <= 100, "a number from 0 to 100"))]


@define_row()
class ModelCard:
    """A model of one's own: its weights, licence and engine, and the numbers that it makes.

    ``pipeline``: its class in ``model_index.json``. ``engine``: the name of an engine's card. ``modes``: what a clip is
    made from. ``guidance``: None: the pipeline's own. ``speed``: ``fast`` compiles the model on a GPU; ``exact``
    computes as diffusers does, bit for bit. ``latency_s``: shortest and longest time of a clip.
    """

    name: Text
    label: Text
    weights: Weights
    pipeline: Text
    engine: Text
    licence: Licence
    modes: tuple[Literal["text_to_video", "image_to_video"], ...] = ("text_to_video",)
    frames: FrameRule
    sizes: SizeRuleOfFile
    aspects: tuple[AspectRatio, ...] = ("16:9",)
    resolutions: tuple[Text, ...] = ("480p",)
    steps: Steps
    guidance: Guidance | None = None
    precision: Literal["bf16", "fp16", "fp32"] = "bf16"
    speed: Literal["fast", "exact"] = "fast"
    memory: Memory
    latency_s: tuple[Count, Count] = (30, 900)
    aliases: tuple[Text, ...] = ()
    note: Text = ""


def get_models_folder(home: Path) -> Path:
    """Return the folder of the cards of models, in the home."""
    return home / "models"


def load_model_cards(home: Path) -> Mapping[str, ModelCard | BadInput]:
    """Return the cards of all models of one's own by name; a card that cannot be read is its error."""
    found: dict[str, ModelCard | BadInput] = {}
    for path in sorted(get_models_folder(home).glob("*.yaml")):
        try:
            if not NAME.fullmatch(path.stem):
                raise BadInput(str(path), path.stem, "a name of small letters, digits, dots and dashes")
            found[path.stem] = read_card(ModelCard, path, name=path.stem)
        except BadInput as error:
            found[path.stem] = error
    return found


def get_model_card(home: Path, name: str) -> ModelCard:
    """Return the card of the model ``name``. Raises ``BadInput`` if there is none, or its error."""
    cards = load_model_cards(home)
    card = cards.get(name)
    if card is None:
        raise BadInput("model", name, f"one of {', '.join(cards)}" if cards else "a model that was added; none was yet")
    if isinstance(card, BadInput):
        raise card
    return card
