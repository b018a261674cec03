"""A script: what stands on each screen, what is spoken over them, what is seen, with the line of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Literal

from reelwright.reel.marked import Style
from reelwright.reel.noun import noun

Form = Literal["words", "reveal", "descriptor", "heading", "proof", "item", "step", "quote", "call", "code", "picture"]
SETTINGS: Final = ("length", "aspect", "look", "tone", "music", "language", "voice", "model", "project")
"""What may stand in the front matter. All of it is text."""


@noun
class Run:
    """Words of one style. A line break is ``\\n``."""

    text: str
    style: Style = "plain"


@noun
class Picture:
    """``file``: relative to the script's folder; empty: none, and ``seen`` is what an AI take is asked for.

    ``held``: it stands alone, for the screens after it until the next picture or break.
    """

    file: str = ""
    seen: str = ""
    held: bool = False
    line: int = 0


@noun
class Said:
    """What a comment settles for one block. ``length`` in milliseconds; empty and None: nothing is said."""

    beat: str = ""
    length: int | None = None
    model: str = ""
    voice: str = ""
    legal: bool = False


@noun
class Screen:
    """What stands on screen at one time. ``line``: of the script, from 1. ``beat``: number of its beat, from 0.

    ``number``: of a step, as written. ``url``: of a call to action. ``who``: of a quote that is shown.
    """

    form: Form
    line: int
    beat: int
    runs: tuple[Run, ...] = ()
    picture: Picture | None = None
    said: Said = field(default_factory=Said)
    number: str = ""
    url: str = ""
    who: str = ""

    @property
    def text(self) -> str:
        """All words, with their line breaks."""
        return "".join(run.text for run in self.runs)


@noun
class Spoken:
    """What is spoken from the screen ``first`` on, before the screen ``end`` (numbers of screens)."""

    text: str
    line: int
    first: int
    end: int
    said: Said = field(default_factory=Said)


@noun
class Note:
    """A comment that settles nothing."""

    text: str
    line: int


@noun
class Script:
    """A script as it was read. ``settings``: the front matter, by key. ``said``: what a reader should know of it."""

    settings: Mapping[str, str] = field(default_factory=dict)
    screens: tuple[Screen, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    notes: tuple[Note, ...] = ()
    said: tuple[str, ...] = ()

    def title(self, *, otherwise: str = "Untitled") -> str:
        """What its film is called, in at most 60 letters: its name, else its first words, else ``otherwise``."""
        named = next((screen.text for screen in self.screens if screen.form == "reveal"), "")
        first = named or next((screen.text for screen in self.screens if screen.text), "") or otherwise
        words = " ".join(first.split())
        return words if len(words) <= 60 else f"{words[:59].rstrip()}…"
