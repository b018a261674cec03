"""Requests that tests ask for."""

from __future__ import annotations

from typing import Any

from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request

PICTURE = Digest("ab" * 32)


def inputs(*roles: str) -> tuple[Input, ...]:
    return tuple(Input(role=role, asset=PICTURE) for role in roles)  # type: ignore[arg-type]


def video(model: str, mode: str = "text_to_video", seconds: int | None = 8, *roles: str, **more: Any) -> Request:
    """A request for a video. ``roles``: of its inputs."""
    ms = None if seconds is None else seconds * 1000
    return Request(model=model, mode=mode, prompt="a red fox in snow", ms=ms, inputs=inputs(*roles), **more)
