"""What a brief settles before its words are there: how long, how large, in which manner, who films and who speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from reelwright.planner.certain.find import certain_of
from reelwright.planner.certain.nouns import Certain
from reelwright.planner.extract.barred import barred_of
from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.extract.tone import asked_tone
from reelwright.planner.flavors import Flavor, flavor_of
from reelwright.planner.screens.film import Filming
from reelwright.planner.tables import Tone, tones
from reelwright.reel.brief import Brief, Material
from reelwright.reel.noun import noun
from reelwright.units import Aspect


@noun
class Settled:
    """``ms``: the length that is asked for; None: nobody says. ``tone``: its name; ``asked_tone``: where the brief says
    it. ``barred``: what is not to be seen. ``accent``: a colour #RRGGBB that stands in the brief. ``files``: own
    pictures and clips, each by a name of its own.
    """

    brief: Brief
    certain: Certain
    flavor: Flavor
    aspect: Aspect
    ms: int | None
    tone: str
    asked_tone: Found | None
    language: str
    barred: tuple[str, ...]
    accent: str
    is_filmed: bool
    is_voiced: bool
    files: Mapping[str, Material]

    @property
    def manner(self) -> Tone:
        """The tone's rules."""
        return tones()[self.tone]

    def filming(self, title: str, ms: int | None, *, stands_in: bool = False) -> Filming:
        """How its film is made, in ``ms``; None: as long as its words take. ``stands_in``: nobody is paid."""
        brief = replace(self.brief, aspect=self.aspect, length_ms=ms)
        return Filming(
            brief=brief, name="brief", title=title, tone=self.tone, language=self.language, files=self.files,
            barred=self.barred, accent=self.accent, is_draft=stands_in,
        )  # fmt: skip


def settled(brief: Brief) -> Settled:
    """Flags first, then what the brief says for certain, then the flavor. Pure."""
    from reelwright.planner.casting.terms import asked_of

    certain = _certain(brief.text, brief.language)
    told, length = certain.told("aspect"), certain.told("length")
    aspect: Aspect | None = brief.aspect or (told.value if told else None)  # type: ignore[assignment]  # one of ASPECTS
    flavor = flavor_of(brief, "short" if aspect == "9:16" else "spot")
    named = asked_of(brief, flavor)
    asked = asked_tone(certain)
    return Settled(
        brief=brief, certain=certain, flavor=flavor, aspect=aspect or flavor.aspect,
        ms=brief.length_ms or (int(length.value) if length else None), tone=asked.text if asked else flavor.tone,
        asked_tone=asked, language=certain.language, barred=tuple(one.text for one in barred_of(Seen(brief.text))),
        accent=_accent(brief.text), is_filmed=bool(named.videos), is_voiced=bool(named.voice),
        files=_files(brief.materials),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _certain(text: str, language: str | None) -> Certain:
    return certain_of(text, language)


def _accent(text: str) -> str:
    found = re.search(r"#[0-9a-fA-F]{6}\b", text)
    return found[0].upper() if found else ""


def _files(materials: Sequence[Material]) -> dict[str, Material]:
    made: dict[str, Material] = {}
    for one in materials:
        name, n = one.name, 2
        while name in made:
            name, n = f"{n}-{one.name}", n + 1
        made[name] = one
    return made
