"""The brief: what a person asks for. A stored brief is never rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.film.preset import Preset
from reelwright.units import Aspect, Micros

Goal = Literal["plan", "storyboard", "takes", "cut", "film"]
GOALS: tuple[Goal, ...] = ("plan", "storyboard", "takes", "cut", "film")


@define_value
class Reference:
    """An asset that guides shots."""

    name: str
    role: Literal["person", "product", "place", "style"]
    asset: Digest


@define_value
class Material:
    """A picture or a clip of the person's own that becomes a shot. Sizes in pixels; ``ms`` of a clip, else None.

    ``treatment`` is what intake found: ``cutout`` has transparency round its subject, ``screen`` is a picture
    of an interface, ``photo`` fills its frame, ``clip`` moves.
    """

    asset: Digest
    name: str
    treatment: Literal["cutout", "screen", "photo", "clip"]
    width: int
    height: int
    ms: int | None = None
    has_sound: bool = False


@define_value
class Font:
    """A font file in which a film's display type is set. ``name``: of the file; ``family``: what the font calls itself.

    ``licence``: what the font says of its own licence, shortened. ``letters``: the code points below U+2E80 that it
    has, in hexadecimal ranges such as ``41-5A 61``.
    """

    asset: Digest
    name: str
    family: str
    licence: str = ""
    letters: str = ""


@define_value
class Still:
    """A picture of the person's own that is the storyboard still of a beat. ``beat``: its name, or its number from 1.

    Sizes in pixels, as intake found them.
    """

    beat: str
    asset: Digest
    name: str
    width: int
    height: int


@define_value
class Brand:
    """The brand that a flavor or the home gives to films that say nothing else. Empty: nothing.

    ``accent``: a colour as #RRGGBB. ``logo``: what ends the film. ``font``: of its display type. ``end_card``: text of
    its last screen.
    """

    source: Literal["flavor", "home"]
    accent: str = ""
    logo: Material | None = None
    end_card: str = ""
    font: Font | None = None


@define_value
class Brief:
    """A person's request for a film. ``length_ms`` None: the brief's words or the flavor decide. ``aspect`` likewise.

    ``models``: AI video models by id or alias, the preferred one first; none: every shot is drawn on this machine.
    ``stills``: the image model of the storyboard. ``voice``: ``MODEL:voice``, who speaks the lines. ``music``: the
    model of the bed; None: it is composed here. ``continuity``: whether shots of a beat continue one another.
    ``own_flavor``: the four parts of a flavor of the person's own, as they were. ``sound``: whether takes have sound of
    their own; None: only where the model always makes it. ``planner``: the language model that writes the plan; empty:
    rules do. ``archetype``: the dramatic shape; empty: that of the length and the tone. ``replaced_models``: retired
    models that were asked for, each with the model that was used in its place. ``storyboard``: stills of the person's
    own. ``title``: what the film is called; empty: its name, or its first words. ``overlays``: whether a film that a
    model makes has its words over the pictures; empty: as the flavor says. ``look``: in which Reelwright draws; empty:
    the script or the flavor decides; ``own_looks``: those of the person's own that the film may have, as they were, as
    text by name. ``accent``: the brand's colour as #RRGGBB; empty: the script's, else the look's.
    ``logo``: the brand's, which ends the film; ``end_card``: its text there; ``font``: of the display type.
    ``without``: which of these four the film is to do without, also where a flavor or the home has one. ``brands``: of
    the flavor and the home, the stronger first, as they were when the brief was made. ``formats``: further aspects in
    which the film is cut, beside ``aspect``; ``is_native``: AI models make takes in each of them. ``presets``: what it
    is made for, as they were. None of these last is stored where it says nothing: an earlier release beside this one
    reads the brief too.
    """

    text: str
    goal: Goal = "film"
    flavor: str | None = None
    language: str | None = None
    aspect: Aspect | None = None
    length_ms: int | None = None
    short_side: int = 1080
    max_price: Micros | None = None
    models: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    materials: tuple[Material, ...] = ()
    takes: int = 1
    on_stuck: Literal["ask", "animatic"] = "ask"
    variation: int = 0
    stills: str | None = None
    voice: str | None = None
    music: str | None = None
    continuity: Literal["beat", "loose"] = "beat"
    resolution: str | None = None
    sound: bool | None = None
    own_flavor: Mapping[str, Any] | None = None
    planner: str = ""
    archetype: str = ""
    replaced_models: Mapping[str, str] = field(default_factory=dict)
    storyboard: tuple[Still, ...] = ()
    title: str = ""
    overlays: Literal["", "title", "none"] = ""
    look: str = ""
    accent: str = ""
    logo: Material | None = None
    end_card: str = ""
    without: tuple[str, ...] = ()
    brands: tuple[Brand, ...] = ()
    font: Font | None = None
    formats: tuple[Aspect, ...] = ()
    is_native: bool = False
    own_looks: Mapping[str, str] = field(default_factory=dict)
    presets: tuple[Preset, ...] = ()

    def name_assets(self) -> dict[Digest, str]:
        """Return the name of every picture, clip and font of the person's own, by its digest."""
        marks = (self.logo, self.font, *(mark for brand in self.brands for mark in (brand.logo, brand.font)))
        own = {one.asset: one.name for one in (*self.materials, *marks) if one}
        own |= {one.asset: one.name for one in self.references}
        return own | {one.asset: one.name for one in self.storyboard}
