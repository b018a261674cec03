"""The display list: layers with ink box, role, movers and z-order, from which stills, films and lints all come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from reelwright.media.animatic.movers import Mover, Pose, Shake, pose_of

Role = Literal["field", "texture", "shape", "picture", "headline", "button", "label", "legal", "echo"]
WORDS: frozenset[Role] = frozenset({"headline", "button", "label", "legal"})


class Box(NamedTuple):
    """Pixels; right and bottom are outside."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def inside(self, other: Box, slack: float = 0.0) -> bool:
        return (
            self.left >= other.left - slack
            and self.top >= other.top - slack
            and self.right <= other.right + slack
            and self.bottom <= other.bottom + slack
        )

    def shared(self, other: Box) -> float:
        """Area of the overlap in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


class Drawable(Protocol):
    """Something that knows how to draw itself at rest. ``canvas`` is skia's."""

    def draw(self, canvas: Any, alpha: float, number: int) -> None: ...


class Clip(NamedTuple):
    """A skia path that keeps (or, ``outside``, refuses) what a layer draws. It does not move with the layer."""

    path: Any
    outside: bool = False


class Wiped(NamedTuple):
    """The box that a wipe uncovers, the edge it starts from, and the lean of the wiping edge (dx per dy)."""

    box: Box
    edge: Literal["left", "right", "top", "bottom"] = "left"
    lean: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """One thing in the frame.

    ``box``: ink at rest. ``group``: layers of one group move as one thing. ``says``: the words it shows.
    ``window``: a path that moves in the layer's place, while what is seen through it rests. ``size``: cap height of
    its words in pixels; ``colour`` and ``ground``: what the words are set in and stand on, for the lints. ``span``:
    the first frame it exists in and the first that it no longer does.
    """

    role: Role
    what: Drawable
    box: Box
    moves: tuple[Mover, ...] = ()
    clips: tuple[Clip, ...] = ()
    wiped: Wiped | None = None
    pivot: tuple[float, float] | None = None
    window: Any = None
    span: tuple[float, float] = (0.0, float("inf"))
    group: str = ""
    says: str = ""
    size: float = 0.0
    colour: str = ""
    ground: str = ""

    def at(self, frame: float) -> Pose | None:
        """Its pose, or None when nothing of it is to be seen."""
        if not self.span[0] <= int(frame) < self.span[1]:
            return None
        pose = pose_of(self.moves, frame)
        return pose if pose.alpha > 0.002 and pose.shown > 0.0005 and pose.scale > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One shot: its layers from the ground up. ``fit``: smallest words over their target size (guards read it)."""

    size: tuple[int, int]
    frames: int
    ground: str
    layers: tuple[Layer, ...]
    shake: Shake
    live: Box
    telling: int
    fit: float = 1.0
    rtl: bool = False
    notes: tuple[str, ...] = field(default=())
