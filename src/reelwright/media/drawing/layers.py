"""The display list: layers with ink box, role, movers and z-order, from which stills, films and lints all come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from reelwright.media.drawing.movers import Mover, Pose, Shake, merge_poses

Role = Literal["field", "texture", "shape", "picture", "headline", "button", "label", "legal", "echo"]


class Box(NamedTuple):
    """A rectangle in pixels; right and bottom are outside."""

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

    def grow(self, by: float) -> Box:
        """Return the box with each edge moved outwards by ``by`` pixels."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


class Drawable(Protocol):
    """An object that can draw itself at rest. ``canvas`` is skia's."""

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw on ``canvas`` with opacity ``alpha``. ``number``: the pose's, which only a counter heeds."""
        ...


class Clip(NamedTuple):
    """A skia path inside which (outside which, where ``is_inverted``) a layer is drawn.

    It does not move with the layer.
    """

    path: Any
    is_inverted: bool = False


class WipeArea(NamedTuple):
    """The box that a wipe uncovers, the edge it starts from, and the lean of the wiping edge (dx per dy)."""

    box: Box
    edge: Literal["left", "right", "top", "bottom"] = "left"
    lean: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """A layer of the frame: one thing that is drawn."""

    role: Role
    drawable: Drawable
    box: Box
    moves: tuple[Mover, ...] = ()
    clips: tuple[Clip, ...] = ()
    wipe_area: WipeArea | None = None
    pivot: tuple[float, float] | None = None
    window: Any = None
    span: tuple[float, float] = (0.0, float("inf"))
    group: str = ""
    text: str = ""
    size: float = 0.0
    colour: str = ""
    ground: str = ""

    def find_pose(self, frame: float) -> Pose | None:
        """Return the layer's pose, or None when nothing of it can be seen."""
        if not self.span[0] <= int(frame) < self.span[1]:
            return None
        pose = merge_poses(self.moves, frame)
        return pose if pose.alpha > 0.002 and pose.visible_part > 0.0005 and pose.scale > 0 else None

    def move_box(self, pose: Pose) -> Box:
        """Return where the layer's box is in a pose that does not turn it, in pixels."""
        (x, y), box, scale = self.pivot or self.box.centre, self.box, pose.scale
        left, right = (x + (edge - x) * scale + pose.dx for edge in (box.left, box.right))
        top, bottom = (y + (edge - y) * scale + pose.dy for edge in (box.top, box.bottom))
        return Box(left, top, right, bottom)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """The display list of one shot: its layers from the ground up, and facts about them."""

    size: tuple[int, int]
    frames: int
    ground: str
    layers: tuple[Layer, ...]
    shake: Shake
    live: Box
    poster_frame: int
    fit: float = 1.0
    is_rtl: bool = False
    notes: tuple[str, ...] = field(default=())
