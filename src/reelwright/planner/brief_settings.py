"""Settles what a brief decides before its words are written: length, size, manner, who films and who speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from reelwright.catalogue.models import get_sold_model
from reelwright.catalogue.snapping import list_sold_lengths
from reelwright.planner.casting.terms import choose_model_names
from reelwright.planner.certain.platforms import find_platforms
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.extract.brief_text import BriefText, TextMatch
from reelwright.planner.extract.colours import find_accent
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.tone import find_requested_tone
from reelwright.planner.flavors import Flavor, choose_flavor
from reelwright.planner.presets import choose_fps
from reelwright.planner.reading.read import read_brief
from reelwright.planner.screens.film import FilmingOptions
from reelwright.planner.tables import Tone, load_tones
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.film.preset import Preset
from reelwright.units import Aspect

_HEARD = re.compile(
    r"\b(?:music|vocals|voice-?overs?|voices?|narration|narrator|speech|talking|dialogue|singing|sound)\b", re.I
)
_CUT = re.compile(r"\b(?:cuts|transitions|jokes)\b", re.I)
"""Match words of an exclusion that speak of the sound or of the edit of a film, and not of a picture."""
_POLITE = re.compile(r"(?<![,\s])[,\s]+(?:please|pls|plz|thanks?|thx|ta|obviously|lol)\b.*$", re.I)


@define_value
class BriefSettings:
    """The settings of a film that its brief decides. ``ms``: the requested length; None: none is requested. ``tone``:
    its name.

    ``sold_s``: the lengths in seconds that the film's video model sells; none: any, or no model films.

    ``requested_tone``: where the brief names the tone. ``exclusions``: what must not be seen. ``accent``: the
    brand's colour #RRGGBB, else one in the brief. ``files``: own pictures and clips, each under a unique name.
    ``presets``: what the film is made for: the platforms that the person or, else, the brief names.
    """

    brief: Brief
    certain: CertainFacts
    flavor: Flavor
    aspect: Aspect
    ms: int | None
    tone: str
    requested_tone: TextMatch | None
    language: str
    exclusions: tuple[str, ...]
    accent: str
    is_filmed: bool
    is_voiced: bool
    sold_s: tuple[int, ...]
    files: Mapping[str, Material]
    presets: tuple[Preset, ...]

    @property
    def fps(self) -> tuple[int, int]:
        """The frame rate of the film."""
        return choose_fps(self.presets, self.flavor.fps)

    @property
    def overlays(self) -> str:
        """Whether words are laid over what a model films: ``title``, ``none`` or, as the brief has them, empty."""
        return self.brief.overlays or self.flavor.overlays or ""

    @property
    def tone_rules(self) -> Tone:
        """The rules of the tone."""
        return load_tones()[self.tone]

    def make_filming_options(self, title: str, ms: int | None, *, is_placeholder: bool = False) -> FilmingOptions:
        """Return the options for filming a script in ``ms``; None: as long as its words take.

        ``is_placeholder``: the words only stand in for a language model's; nobody is paid.
        """
        brief = replace(self.brief, aspect=self.aspect, length_ms=ms, presets=self.presets)
        return FilmingOptions(
            brief=brief, name="brief", title=title, tone=self.tone, language=self.language, files=self.files,
            look=brief.look, is_tone_asked=self.requested_tone is not None,
            exclusions=_list_unseen(self.exclusions), accent=self.accent, is_draft=is_placeholder,
        )  # fmt: skip


def settle_brief(brief: Brief) -> BriefSettings:
    """Settle a brief: options of the person come first, then what the brief says for certain, then the flavor. Pure."""
    certain = _find_facts(brief.text, brief.language)
    shape, length = certain.find_direction("aspect"), certain.find_direction("length")
    aspect: Aspect | None = brief.aspect or (shape.value if shape else None)  # type: ignore[assignment]  # one of ASPECTS
    flavor = choose_flavor(brief, "short" if aspect == "9:16" else "spot")
    named = choose_model_names(brief, flavor)
    tone = find_requested_tone(certain)
    return BriefSettings(
        brief=brief,
        certain=certain,
        flavor=flavor,
        aspect=aspect or flavor.aspect,
        ms=brief.length_ms
        or (int(length.value) if length else None)
        or (flavor.length_ms if flavor.keeps_length else None),
        tone=tone.text if tone else flavor.tone,
        requested_tone=tone,
        language=certain.language,
        exclusions=tuple(one.text for one in find_exclusions(BriefText(brief.text))),
        accent="" if "accent" in brief.without else brief.accent or find_accent(certain),
        is_filmed=bool(named.videos),
        is_voiced=bool(named.voice),
        sold_s=_list_sold_lengths(named.videos, brief.resolution or flavor.resolution),
        files=_name_files(brief.materials),
        presets=brief.presets or (find_platforms(shape.text, aspect) if shape and aspect == shape.value else ()),
    )


@lru_cache(maxsize=16)
def _find_facts(text: str, language: str | None) -> CertainFacts:
    return read_brief(text, language)


def _list_sold_lengths(models: Sequence[str], resolution: str | None) -> tuple[int, ...]:
    if not models:
        return ()
    row = get_sold_model(models[0])
    return list_sold_lengths(row, resolution=resolution or (row.resolutions[0] if row.resolutions else None))


def _list_unseen(exclusions: Sequence[str]) -> tuple[str, ...]:
    """List what models are told to leave out: of the sound, one word ("music"); nothing of the edit."""
    made: list[str] = []
    for text in exclusions:
        heard = _HEARD.search(text)
        if heard or not _CUT.search(text):
            made.append(heard[0].casefold() if heard else _POLITE.sub("", text))
    return tuple(dict.fromkeys(one for one in made if one))


def _name_files(materials: Sequence[Material]) -> dict[str, Material]:
    made: dict[str, Material] = {}
    for one in materials:
        name, n = one.name, 2
        while name in made:
            name, n = f"{n}-{one.name}", n + 1
        made[name] = one
    return made
