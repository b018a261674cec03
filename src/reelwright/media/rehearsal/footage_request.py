"""The request for one rehearsed output: its kind, length, size, and the words that stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from reelwright.errors import BadInput
from reelwright.units import Frames, convert_ms_to_frames

_MOST_MS = 15 * 60_000
_KINDS = ("video", "image", "speech", "music", "sound_effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRequest:
    """A request for one rehearsed output.

    ``shot``: its number in the film, 0 for none; ``sample`` counts from 0; ``repeat``: how often the
    same was ordered before; ``model``: its name in words.
    """

    kind: Literal["video", "image", "speech", "music", "sound_effect"]
    prompt: str
    model: str
    ms: int
    size: tuple[int, int]
    fps: tuple[int, int]
    has_sound: bool
    shot: int
    sample: int
    repeat: int = 0
    price: str

    @property
    def frames(self) -> Frames:
        """Number of frames in ``ms`` at ``fps``, at least one."""
        return Frames(max(1, convert_ms_to_frames(self.ms, self.fps)))


def read_footage_request(args: Mapping[str, Any]) -> FootageRequest:
    """Read the arguments of ``rehearsal.footage``. Raises ``BadInput`` naming the field that is out of bounds."""
    if args["kind"] not in _KINDS:
        raise BadInput("kind", args["kind"], ", ".join(_KINDS))
    if not 0 <= args["ms"] <= _MOST_MS:
        raise BadInput("ms", args["ms"], f"from 0 to {_MOST_MS}")
    width, height = args["size"]
    if not (2 <= width <= 4096 and 2 <= height <= 4096):
        raise BadInput("size", [width, height], "from 2 to 4096 pixels")
    return FootageRequest(
        kind=args["kind"],
        prompt=" ".join(str(args["prompt"]).split()),
        model=str(args["model"]),
        ms=args["ms"],
        size=(width - width % 2, height - height % 2),
        fps=(args["fps"][0], args["fps"][1]),
        has_sound=bool(args["sound"]),
        shot=int(args.get("shot", 0)),
        sample=int(args.get("sample", 0)),
        repeat=int(args.get("repeat", 0)),
        price=str(args.get("price", "")),
    )
