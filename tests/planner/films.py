"""What the tests of plans ask of a film: its words on screen, where they stand in the brief, and what is broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from reelwright.planner.grammar import Finding, check
from reelwright.planner.rules import PlanningResult
from reelwright.planner.screens.figures import split_figures
from reelwright.reel.film.brief import Material
from reelwright.reel.film.plan import OwnFootage, Plan, Shot

VEO = "openrouter-veo-3.1-fast"


def shown(film: Plan) -> list[str]:
    """Every word that stands on screen or is heard."""
    return [*_on_screen(film), *(line.text for _, line in film.list_lines())]


def _on_screen(film: Plan) -> Iterator[str]:
    for shot in film.shots:
        figures = split_figures(shot.words)
        yield from (text for figure in figures for text in figure.values())
        yield from (text for role, text in shot.words.items() if role != "figures" or not figures)
        for overlay in shot.overlays:
            yield from overlay.words.values()
            if overlay.kind != "title":
                yield overlay.text


def letters(text: str) -> str:
    """Without what nobody sees: whitespace, the sign of a line break, invisible marks; each letter in one spelling."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not c.isspace() and c != "|" and unicodedata.category(c) not in ("Cf", "Cc"))


def made_up(film: Plan, brief: str) -> list[str]:
    """Words of the film that are no span of its brief. A voice joins texts of a screen: its words are looked up one by
    one, without the full stop and the comma at which it comes down.
    """
    there = letters(brief)
    spoken = (word.rstrip(".,:") for _, line in film.list_lines() for word in line.text.split())
    return [text for text in (*_on_screen(film), *spoken) if letters(text.replace("\\*", "*")) not in there]


def broken(film: Plan) -> list[Finding]:
    """What no film of a brief may break: its sums, time to read, and an empty frame."""
    return [one for one in check(film) if one.rule[0] in "045"]


def seen(film: Plan) -> list[str]:
    """The person's own pictures and clips, as often as they are shown."""
    return [asset for shot in film.shots for asset in seen_in(shot)]


def seen_in(shot: Shot) -> list[str]:
    if isinstance(shot.source, OwnFootage):
        return [str(shot.source.asset)]
    return [str(one.asset) for one in shot.source.inputs if one.asset]


def unsaid(planned: PlanningResult, materials: Collection[Material]) -> list[str]:
    """Own pictures that are not in the film, and of which nobody is told so; those of a long list are counted."""
    there = seen(planned.plan)
    lost = [one.name for one in materials if one.asset not in there]
    told = [one for one in planned.messages if "is not shown" in one or one.startswith(("Not in ", "Left out"))]
    missing = [name for name in lost if not any(name in one for one in told)]
    counted = sum(int(found[1]) for one in told if (found := re.search(r" and (\d+) more\.$", one)))
    return missing if counted < len(missing) else []
