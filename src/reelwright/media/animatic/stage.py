"""The stage a beat is set on: verbs that lay shapes, words and pictures down as layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reelwright.media.animatic import colour as tone
from reelwright.media.animatic import treatments
from reelwright.media.animatic.asked import Asked
from reelwright.media.animatic.drawables import Blit, Counter, Emoji, Fill, Outline, Several
from reelwright.media.animatic.emphasis import parts_of_line
from reelwright.media.animatic.hyphens import broken
from reelwright.media.animatic.layers import Box, Clip, Drawable, Layer, Role, Scene, Wiped
from reelwright.media.animatic.lettering import Fitted, Ink, fit_block, fit_stack, ink
from reelwright.media.animatic.look import Look
from reelwright.media.animatic.movers import Mover, Shake
from reelwright.media.animatic.painter import polygon
from reelwright.media.animatic.plane import MIRRORED, Plane, Point
from reelwright.media.animatic.textures import halftone
from reelwright.media.animatic.treatments import Picture, Sprite


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How a layer comes and stays: movers, what they move with, and when it exists."""

    moves: tuple[Mover, ...] = ()
    group: str = ""
    clips: tuple[Clip, ...] = ()
    wiped: Wiped | None = None
    pivot: Point | None = None
    window: Any = None
    span: tuple[float, float] = (0.0, math.inf)


STILL = Motion()


class Stage(Plane):
    """One shot under construction. All coordinates are logical: left is where reading starts."""

    def __init__(self, asked: Asked, look: Look, pictures: Sequence[Picture]) -> None:
        super().__init__(asked, look)
        self.palette = look.palette
        self.pictures = tuple(pictures)
        self.ground = self.palette.bg
        self.telling: float = asked.frames - 1
        self.notes: list[str] = []
        self._layers: list[Layer] = []
        self._fits: list[float] = []
        self._shakes: list[int] = []

    def shakes(self, frame: float) -> None:
        """The frame kicks where something lands."""
        self._shakes.append(round(frame))

    # -- laying down --------------------------------------------------------------------------------------------

    def add(self, role: Role, what: Drawable, box: Box, motion: Motion = STILL, **words: Any) -> Layer:
        layer = Layer(
            role=role,
            what=what,
            box=box,
            moves=motion.moves,
            clips=motion.clips,
            wiped=motion.wiped,
            pivot=motion.pivot,
            window=motion.window,
            span=motion.span,
            group=motion.group,
            **words,
        )
        self._layers.append(layer)
        return layer

    def field(self, colour: str, motion: Motion = STILL) -> Layer:
        """The whole frame in one colour."""
        box = Box(0, 0, self.width, self.height)
        margin = 0.04 * max(self.width, self.height)
        left, top, right, bottom = box.grown(margin)
        path = polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
        return self.add("field", Fill(path, colour), box, motion)

    def poly(
        self, points: Sequence[Point], colour: str, motion: Motion = STILL, *, role: Role = "shape", alpha: float = 1
    ) -> Layer:
        path = self.shape_of(points)
        return self.add(role, Fill(path, colour, alpha), _bounds(path), motion)

    def outline(
        self, points: Sequence[Point], colour: str, width: float, motion: Motion = STILL, *, role: Role = "shape"
    ) -> Layer:
        path = self.shape_of(points)
        return self.add(role, Outline(path, colour, width, mitre=True), _bounds(path).grown(width / 2), motion)

    def dots(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        toward: str,
        colour: str,
        *,
        densest: float = 0.5,
        gamma: float = 1.4,
        cell: float = 1.0,
        motion: Motion = STILL,
        alpha: float = 1,
    ) -> Layer:
        """A halftone that grows ``toward`` a side of its box. ``cell``: size over the look's own."""
        box = self.box(left, top, right, bottom)
        x, y = math.floor(box.left), math.floor(box.top)
        wide, high = max(1, math.ceil(box.right) - x), max(1, math.ceil(box.bottom) - y)
        toward = MIRRORED.get(toward, toward) if self.rtl else toward
        size = max(3.0, self.look.halftone["cell"] * cell * self.u)
        image = halftone(wide, high, toward, colour, round(size, 2), densest, gamma, self.look.halftone["angle"])
        return self.add("texture", Blit(image, x, y, alpha), box, motion)

    def place(self, sprite: Sprite, x: float, y: float, motion: Motion = STILL, *, smooth: bool = True) -> None:
        """A picture by the point it hangs on (logical); the picture itself is never mirrored."""
        px = self.at(x)
        left, top = px + sprite.x, y + sprite.y
        box = Box(px + sprite.box.left, y + sprite.box.top, px + sprite.box.right, y + sprite.box.bottom)
        if not smooth:
            left, top = round(left), round(top)
        self.add("picture", Blit(sprite.image, left, top, smooth=smooth), box, motion)

    def place_masked(self, sprite: Sprite, motion: Motion = STILL) -> None:
        """A masked picture: it already lies where it belongs."""
        self.add("picture", Blit(sprite.image, sprite.x, sprite.y, smooth=bool(motion.moves)), sprite.box, motion)

    # -- words --------------------------------------------------------------------------------------------------

    def says(self, role: str) -> str:
        """The words of a role, empty when there are none."""
        return self.asked.words.get(role, "")

    def ink(self, text: str, kind: str = "display") -> Ink:
        return ink(text.replace("|", " "), self.look.type[kind], self.asked.language)

    def block(
        self,
        text: str,
        width: float,
        height: float,
        *,
        kind: str = "display",
        lines: int = 3,
        lead: float = 1.0,
        largest: float = 9999,
    ) -> list[Fitted]:
        return fit_block(text, self.look.type[kind], self.asked.language, width, height, lines, lead, largest)

    def stack(self, text: str, width: float, height: float, gap: float, *, lines: int = 4) -> list[Fitted]:
        return fit_stack(broken(text), self.look.type["display"], self.asked.language, width, height, gap, lines)

    def words(
        self,
        ink: Ink,
        size: float,
        x: float,
        baseline: float,
        colour: str,
        ground: str,
        motion: Motion = STILL,
        *,
        role: Role = "headline",
    ) -> Box:
        """A line whose ink starts on x (logical). ``size`` in em pixels. Returns its box in frame pixels."""
        pen, box = self.pen(ink, size, x), self.path(ink, size, x, baseline)[1]
        parts: list[Drawable] = [
            Fill(part.path, part.colour)
            for part in parts_of_line(ink, size, pen, baseline, colour, ground, self.palette)
        ]
        if ink.has_pictures:
            parts.append(Emoji(ink, size, pen, baseline))
        what = parts[0] if len(parts) == 1 else Several(tuple(parts))
        self.add(role, what, box, motion, says=ink.text, size=ink.cap * size, colour=colour, ground=ground)
        return box

    def echo(
        self, ink: Ink, size: float, x: float, baseline: float, colour: str, alpha: float, motion: Motion = STILL
    ) -> Layer:
        """The outline of a line: texture, not words; may leave the frame."""
        path, box = self.path(ink, size, x, baseline)
        width = max(1.0, self.look.sizes["echo"] * self.u)
        return self.add("echo", Outline(path, colour, width, alpha), box.grown(width), motion)

    def path(self, ink: Ink, size: float, x: float, baseline: float) -> tuple[Any, Box]:
        pen = self.pen(ink, size, x)
        path = ink.path(size, pen, baseline)
        return path, Box(
            pen + ink.left * size, baseline + ink.top * size, pen + ink.right * size, baseline + ink.bottom * size
        )

    def pen(self, ink: Ink, size: float, x: float) -> float:
        """Where the pen starts so that the ink's leading edge lies on x (logical)."""
        return self.at(x) - (ink.right if self.rtl else ink.left) * size

    def label(
        self,
        text: str,
        x: float,
        baseline: float,
        colour: str,
        ground: str,
        motion: Motion = STILL,
        *,
        kind: str = "label",
        role: Role = "label",
        scale: float = 1.0,
        most: float | None = None,
    ) -> Box:
        """Small type on one line, made smaller only when it would pass ``most`` pixels of width."""
        line = self.ink(text, kind)
        size = self.small(role) * scale
        room = most or self.live.width
        return self.words(line, min(size, room / max(line.width, 1e-6)), x, baseline, colour, ground, motion, role=role)

    def small(self, role: str) -> float:
        """The em of small type here, in pixels."""
        kind = "legal" if role == "legal" else "label"
        return self.look.sizes[f"{kind}_tall" if self.shape == "tall" else kind] * self.u

    def counter(
        self, inks: Sequence[Ink], size: float, x: float, baseline: float, colour: str, ground: str, motion: Motion
    ) -> Box:
        """Lines of which the pose's number picks one; the last is what it says in the end."""
        paths = tuple(self.path(one, size, x, baseline)[0] for one in inks)
        box = self.path(inks[-1], size, x, baseline)[1]
        self.add(
            "headline",
            Counter(paths, colour),
            box,
            motion,
            says=inks[-1].text,
            size=inks[-1].cap * size,
            colour=colour,
            ground=ground,
        )
        return box

    def wants(self, got: float, target: float) -> None:
        """Remember how near a size came to what it should be: the guard refuses a staging below .55."""
        self._fits.append(got / target)

    # -- pictures -----------------------------------------------------------------------------------------------

    def picture(self, turn: int = 0) -> Picture | None:
        """A picture for this shot; with several, beats take turns."""
        if not self.pictures:
            return None
        return self.pictures[(turn + self.asked.variant) % len(self.pictures)]

    def product(
        self, picture: Picture, width: float, turn: float, ground: str, *, grade: treatments.Grade = "plain"
    ) -> Sprite:
        """A cut-out sprite, with a keyline where it would vanish on ``ground``."""
        keyline = tone.on(ground) if grade == "plain" and treatments.near(picture, ground) else ""
        return treatments.cutout(picture, width, turn * self.way, grade=grade, keyline=keyline)

    # -- the end ------------------------------------------------------------------------------------------------

    def scene(self) -> Scene:
        """The finished display list."""
        amplitude = max(1, round(self.look.shake * self.u))
        live = (
            Box(self.width - self.live.right, self.live.top, self.width - self.live.left, self.live.bottom)
            if self.rtl
            else self.live
        )
        return Scene(
            size=self.asked.size,
            frames=self.asked.frames,
            ground=self.ground,
            layers=tuple(self._layers),
            shake=Shake(tuple(self._shakes), amplitude),
            live=live,
            telling=min(max(0, round(self.telling)), self.asked.frames - 1),
            fit=min(self._fits, default=1.0),
            rtl=self.rtl,
            notes=tuple(self.notes),
        )


def _bounds(path: Any) -> Box:
    bounds = path.computeTightBounds()
    return Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
