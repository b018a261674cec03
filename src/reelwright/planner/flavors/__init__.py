"""Loads flavors: named ways of making, each a folder of strict YAML, beside this file or in a home's ``flavors``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import field, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from reelwright.errors import BadInput
from reelwright.input_limits import END_CARD_CHARS
from reelwright.media.looks.registry import list_look_names
from reelwright.planner.look_choice import BY_TONE
from reelwright.planner.presets import join_aspects, parse_presets
from reelwright.planner.tables import BeatName, ToneName
from reelwright.planner.yaml_text import add_line, parse_text
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.value import define_value
from reelwright.reel.base.yaml_rows import ReadAs, accept_if, define_row
from reelwright.reel.film.brief import Brief
from reelwright.units import Aspect, Micros, parse_usd

HERE: Final = Path(__file__).parent


def _parse_rate(fps: list[int]) -> tuple[int, int]:
    if len(fps) != 2 or min(fps) < 1:
        raise ValueError("numerator and denominator, such as [30, 1]")
    return fps[0], fps[1]


def _parse_colour(text: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise ValueError('a colour in quotes, such as "#FF5A1F"')
    return text.upper()


_read_text: Final = ReadAs(str, accept_if(lambda text: len(text) <= 600, "at most 600 characters"))
"""Reads text that is added to every prompt."""
_read_end_card: Final = ReadAs(
    str, accept_if(lambda text: len(text) <= END_CARD_CHARS, f"at most {END_CARD_CHARS} characters")
)
Text = Annotated[str, _read_text]
OptionalText = Annotated[str | None, _read_text]


@define_row(has_voice="voice", budget="budget_usd")
class PipelineParams:
    """The first file of a flavor. ``aspect`` holds if neither options nor the brief's words say otherwise.
    ``look``: one by name, or ``auto``: by the tone and what the words are about.

    ``length_ms``: likewise, for films that a language model writes; other films are as long as their words take, unless
    the flavor ``keeps_length``. ``overlays``: ``title`` lays the name over a film that is pictures alone, ``none`` lays
    no words over what a model makes; without it, the words of the brief stand there.
    ``tone``: if the brief shows none. ``has_voice`` False: nobody speaks, lines are read as captions. ``animatic`` and
    ``composer``: ids of the models that draw and compose without a key. ``models`` and what follows: who makes what if
    no option says so. ``accent``, ``logo``, ``font``, ``end_card``: the brand's colour, a picture and a font file in
    the flavor's folder, and a text for the last screen.
    ``presets``: names of delivery presets, what films are made for if nobody says otherwise.
    """

    about: Text
    aspect: Aspect
    length_ms: Annotated[int, ReadAs(int, accept_if(lambda ms: 1000 <= ms <= 600_000, "from 1000 to 600000"))]
    look: Text
    tone: ToneName
    has_voice: bool
    fps: Annotated[tuple[int, int], ReadAs(list[int], _parse_rate)]
    captions: Literal["clean", "bold", "box"]
    animatic: Text
    composer: Text
    keeps_length: Annotated[bool, ReadAs(bool, bool)] = False
    overlays: Annotated[str | None, ReadAs(Literal["title", "none"], str)] = None
    models: tuple[Text, ...] = ()
    stills: OptionalText = None
    voice_model: OptionalText = None
    music: OptionalText = None
    continuity: Annotated[str | None, ReadAs(Literal["beat", "loose"], str)] = None
    resolution: OptionalText = None
    sound: Annotated[bool | None, ReadAs(bool, bool)] = None
    budget: Annotated[Micros | None, ReadAs(str, parse_usd)] = None
    accent: Annotated[str, ReadAs(str, _parse_colour)] = ""
    logo: Text = ""
    font: Text = ""
    end_card: Annotated[str, _read_end_card] = ""
    presets: tuple[Text, ...] = ()


@define_value
class ScenePrompts:
    """Words added to what every shot shows, and those of a beat. ``never``: what must not be seen."""

    style: Text = ""
    never: tuple[Text, ...] = ()
    beats: Mapping[BeatName, Text] = field(default_factory=dict)


@define_value
class ImagePrompts:
    """Words added to what stills show: to all, to those with a person, to those with the product."""

    style: Text = ""
    person: Text = ""
    product: Text = ""


@define_value
class Flavor(PipelineParams):
    """A way of making films. ``image_params``: options of the image model."""

    name: str
    scene_prompts: ScenePrompts
    image_prompts: ImagePrompts
    image_params: Mapping[str, int | str | bool]


PARTS: Final[Mapping[str, Any]] = {
    "pipeline_params": PipelineParams, "scene_prompts": ScenePrompts, "image_prompts": ImagePrompts,
    "image_params": dict[str, int | str | bool],
}  # fmt: skip
"""What each file holds, by its name without ``.yaml``; only the first must be there."""


@cache
def load_flavors() -> Mapping[str, Flavor]:
    """Load all flavors that come with the package, by name."""
    folders = sorted(path.parent for path in HERE.glob("*/pipeline_params.yaml"))
    return {folder.name: build_flavor(folder.name, read_parts(folder)) for folder in folders}


def get_flavor(name: str) -> Flavor:
    """Return the flavor of that name. Raises ``BadInput`` that lists the known names."""
    if name not in load_flavors():
        raise BadInput("flavor", name, ", ".join(load_flavors()))
    return load_flavors()[name]


def choose_flavor(brief: Brief, usual: str) -> Flavor:
    """Return the brief's own flavor, as it was when the brief was made; else the packaged one of its name, or
    ``usual``.
    """
    if brief.own_flavor is not None:
        look = str(brief.own_flavor["pipeline_params"]["look"])  # it was there when the brief was made
        return build_flavor(brief.flavor or "own", brief.own_flavor, (look,))
    return get_flavor(brief.flavor or usual)


def build_flavor(name: str, parts: Mapping[str, Mapping[str, Any]], looks: Collection[str] | None = None) -> Flavor:
    """Build a flavor from the parsed contents of its four files, by file name without ``.yaml``. ``looks``: as for
    ``read_parts``.

    Raises ``BadInput`` naming file and key of an impossible value.
    """
    read = {part: read_strictly(PARTS[part], parts.get(part, {}), f"{name}/{part}.yaml: ") for part in PARTS}
    pipeline = read.pop("pipeline_params")
    _check_look(pipeline.look, looks, f"{name}/pipeline_params.yaml: look")
    _check_presets(pipeline, f"{name}/pipeline_params.yaml")
    return Flavor(name=name, **read, **{one.name: getattr(pipeline, one.name) for one in fields(pipeline)})


def read_parts(folder: Path, looks: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Read a flavor's folder: the contents of each of its four files that exists, by name without ``.yaml``.

    ``looks``: those that it may name; None: those that are installed. Raises ``BadInput`` naming file, line and key.
    Reads nothing but the four files.
    """
    found = {part: _read_part(path, part, looks) for part in PARTS if (path := folder / f"{part}.yaml").is_file()}
    if "pipeline_params" not in found:
        raise BadInput("flavor", folder.name, "a folder with a pipeline_params.yaml")
    return found


def _check_look(look: str, looks: Collection[str] | None, field: str) -> None:
    known = (BY_TONE, *(list_look_names() if looks is None else looks))
    if look not in known:
        raise BadInput(field, look, ", ".join(known))


def _check_presets(pipeline: PipelineParams, where: str) -> None:
    if not pipeline.presets:
        return
    try:
        aspects = join_aspects(parse_presets(pipeline.presets), ())
    except BadInput as error:
        raise BadInput(f"{where}: presets", ", ".join(pipeline.presets), error.accepted) from error
    if pipeline.aspect not in aspects:
        raise BadInput(f"{where}: aspect", pipeline.aspect, f"that of one of its presets: {', '.join(aspects)}")


def _read_part(path: Path, part: str, looks: Collection[str] | None) -> dict[str, Any]:
    where = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise BadInput(where, type(cause).__name__, "a file of YAML in UTF-8 that can be read") from cause
    row = parse_text(text, where)
    try:
        read = read_strictly(PARTS[part], row, f"{where}: ")
        if isinstance(read, PipelineParams):
            _check_look(read.look, looks, f"{where}: look")
            _check_presets(read, where)
    except BadInput as error:
        raise add_line(error, text, where) from error
    return row
