"""A script: its screens, spoken lines and pictures, each with its line in the file; and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Literal, NoReturn, get_args

from reelwright.errors import BadInput
from reelwright.reel.base.value import define_value
from reelwright.reel.film.markup import Style

Form = Literal[
    "words", "reveal", "descriptor", "heading", "proof", "item", "step", "quote", "call", "code", "chart", "picture"
]
Chart = Literal["", "auto", "bar", "line", "ring"]
"""How the numbers of a table are drawn: empty where they are not, ``auto`` where they choose it."""
CHARTS: Final = get_args(Chart)[2:]
"""The charts that may be asked for by name."""
CELL: Final = "\t"
"""Stands between the cells of a row in the text of a chart."""
SETTINGS: Final = (
    "length", "aspect", "for", "look", "tone", "music", "language", "voice", "model", "project", "avoid", "accent",
    "emblem", "logo", "font", "end_card",
)  # fmt: skip
"""The keys of the front matter. All their values are text."""


@define_value
class Run:
    """A piece of text in one style. A line break is ``\\n``."""

    text: str
    style: Style = "plain"


@define_value
class Picture:
    """A picture or clip of a script. ``file``: relative to the script's folder.

    ``description``: what is seen; without a ``file``, an AI model makes a take of it. ``is_held``: the picture has a
    paragraph of its own, and stays for the screens after it until the next picture or break.
    """

    file: str = ""
    description: str = ""
    is_held: bool = False
    line: int = 0


@define_value
class BlockSettings:
    """Settings for one block, from comments. ``length`` in milliseconds; empty or None: not set."""

    beat: str = ""
    length: int | None = None
    model: str = ""
    voice: str = ""
    is_legal: bool = False
    chart: Chart = ""


@define_value
class Screen:
    """A screen: the words and picture that are shown at one time. ``line``: of the script, from 1.

    ``beat``: the number of its beat, from 0. ``number``: of a step, as written. ``url``: of a call to action.
    ``speaker``: of a quote that is shown.
    """

    form: Form
    line: int
    beat: int
    runs: tuple[Run, ...] = ()
    picture: Picture | None = None
    settings: BlockSettings = field(default_factory=BlockSettings)
    number: str = ""
    url: str = ""
    speaker: str = ""

    @property
    def text(self) -> str:
        """All its words, with their line breaks."""
        return "".join(run.text for run in self.runs)


@define_value
class SpokenLine:
    """A spoken text over the screens from number ``first`` up to, not including, number ``end``."""

    text: str
    line: int
    first: int
    end: int
    settings: BlockSettings = field(default_factory=BlockSettings)


@define_value
class Note:
    """A comment without settings."""

    text: str
    line: int


@define_value
class Script:
    """A script that was read. ``settings``: the front matter, by key. ``notices``: sentences for its author."""

    settings: Mapping[str, str] = field(default_factory=dict)
    screens: tuple[Screen, ...] = ()
    spoken_lines: tuple[SpokenLine, ...] = ()
    notes: tuple[Note, ...] = ()
    notices: tuple[str, ...] = ()

    def make_title(self, *, default: str = "Untitled") -> str:
        """Return the film's title, at most 60 characters: its name, else the first screen's words, else ``default``."""
        name = next((screen.text for screen in self.screens if screen.form == "reveal"), "")
        first = name or next((screen.text for screen in self.screens if screen.text), "") or default
        words = " ".join(first.split())
        return words if len(words) <= 60 else f"{words[:59].rstrip()}…"


_SHOWN: Final = 60


class Refuser:
    """Raises ``BadInput`` for a line of the file ``name``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, line: int, stands: str, accepted: str, *, hint: str = "") -> NoReturn:
        shown = " ".join(stands.split())
        shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
        raise BadInput(f"{self.name} line {line}", shown, accepted, hint=hint)
