"""Writes what the models of sixty briefs' films would be asked for, in three flavors, as a list for somebody to read:
``python -m tools.prompts > prompts.txt``. Nothing is sent, nothing is bought.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reelwright.errors import ReelwrightError
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import Request

BRIEFS = Path(__file__).with_name("prompt_briefs.txt")
FLAVORS = ("ads", "default", "example")
MODEL, STILLS = "kling", "flux-dev"
"""A model whose prompts keep camera and light in words, and the usual one of stills."""


def list_briefs() -> list[str]:
    """List the briefs, each a line of their file."""
    return BRIEFS.read_text(encoding="utf-8").splitlines()


def list_prompts(brief: str, flavor: str) -> Iterator[str]:
    """Yield a line for each request of a brief's film: its beat, kind and prompt; or the reason why there is none."""
    try:
        made = plan(Brief(text=brief, flavor=flavor, models=(MODEL,), stills=STILLS)).plan
    except ReelwrightError as error:
        yield f"refused: {error.message}"
        return
    for beat in made.beats:
        for shot in beat.shots:
            if shot.still and shot.still.mode != "still":  # not drawn here
                yield f"{beat.name} still: {shot.still.prompt}"
            if isinstance(shot.source, Request) and shot.source.mode != "take":
                yield f"{beat.name} take: {shot.source.prompt}"


def main() -> None:
    """Write the list to standard output."""
    for brief in list_briefs():
        print(f"\n## {brief}")
        for flavor in FLAVORS:
            print(f"{flavor}:", *list_prompts(brief, flavor), sep="\n  ")


if __name__ == "__main__":
    main()
