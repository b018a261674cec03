"""A look as data: palette, type, eases and sizes read from the look's own file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

from reelwright.errors import BadInput
from reelwright.media.animatic import colour
from reelwright.media.animatic.easing import Ease, make_bezier

_SHAPES, _TEXT = 3.0, 4.5  # WCAG 2.2: graphics and large type; body text


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as ``#RRGGBB``. ``accent_text`` is the accent where words are set in it on ``bg``.

    ``dim`` is for quiet words, ``pale`` for a ground that has lost its colour.
    """

    bg: str
    surface: str
    text: str
    dim: str
    accent: str
    shade: str
    pale: str
    paper: str
    accent_text: str
    on_accent: str

    def get_colour(self, name: str) -> str:
        """Return the colour that look files and stagings call ``name``."""
        return {
            "bg": self.bg,
            "surface": self.surface,
            "text": self.text,
            "dim": self.dim,
            "accent": self.accent,
            "shade": self.shade,
            "pale": self.pale,
            "paper": self.paper,
        }[name]


Role = Literal["display", "label", "caption", "strong", "code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """Settings for a kind of type: the typesetter's role, its case and its tracking in 1/1000 em."""

    role: Role
    is_uppercase: bool
    tracking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that a staging takes from a look. Lengths in frames at 30 fps, sizes at a short side of 1080."""

    id: str
    palette: Palette
    type: Mapping[str, Lettering]
    slope: float
    angle: float
    halftone: Mapping[str, float]
    grain: float
    ease: Mapping[str, Ease]
    frames: Mapping[str, int]
    shake: int
    sizes: Mapping[str, float]
    opens: Mapping[str, str]
    carries: Mapping[str, tuple[str, ...]]


def load_look(name: str, accent: str | None = None) -> Look:
    """Return the look of that name, in a brand's ``accent`` where one is given.

    Raises ``BadInput`` on an unknown name.
    """
    look = _read(name)
    return look if accent is None else replace(look, palette=_branded(look.palette, colour.parse_colour(accent)))


def look_names() -> tuple[str, ...]:
    folder = resources.files(__package__) / "looks"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@cache
def _read(name: str) -> Look:
    import yaml

    if name not in look_names():
        raise BadInput("look", name, " | ".join(look_names()))
    raw: dict[str, Any] = yaml.safe_load((resources.files(__package__) / "looks" / f"{name}.yaml").read_text("utf-8"))
    colours = raw["palette"]
    return Look(
        id=raw["id"],
        palette=Palette(
            bg=colours["bg"],
            surface=colours["surface"],
            text=colours["text"],
            dim=colours["dim"],
            accent=colours["accent"],
            shade=colours["shade"],
            pale=colours["pale"],
            paper=colours["paper"],
            accent_text=colours["accent"],
            on_accent=colour.choose_text_colour(colours["accent"]),
        ),
        type={
            kind: Lettering(role=t["role"], is_uppercase=t["case"] == "upper", tracking=t["tracking"])
            for kind, t in raw["type"].items()
        },
        slope=math.tan(math.radians(raw["angle"])),
        angle=float(raw["angle"]),
        halftone=raw["halftone"],
        grain=float(raw["grain"]),
        ease={kind: make_bezier(*handles) for kind, handles in raw["ease"].items()},
        frames=raw["frames"],
        shake=raw["shake"],
        sizes=raw["sizes"],
        opens=raw["opens"],
        carries={beat: tuple(to) for beat, to in raw["carries"].items()},
    )


def _branded(palette: Palette, brand: str) -> Palette:
    accent = colour.make_legible(brand, palette.bg, _SHAPES)
    return replace(
        palette,
        accent=accent,
        accent_text=colour.make_legible(brand, palette.bg, _TEXT),
        on_accent=colour.choose_text_colour(accent),
    )
