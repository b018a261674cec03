"""The pictures that an AI model reads: a frame of the take that a shot continues, a picture at the shot's aspect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reelwright.catalogue.models import load_models
from reelwright.engine.steps.interfaces import Hands
from reelwright.reel.base.canonical import compute_fingerprint
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request, StepInputs

WORK: Final = "frame"
_FRAMES: Final = ("first_frame", "last_frame")
_PICTURE_ROLES: Final = (*_FRAMES, "reference")


async def prepare_pictures(hands: Hands, account: str, request: Request, inputs: StepInputs) -> StepInputs:
    """Return ``inputs`` with each frame and reference replaced by a picture in the aspect that the request's model
    takes.

    The purchase's fingerprint holds the bytes that were chosen, never the picture that is made from them here. Inputs
    of our own drawing are returned unchanged. May run the hands; never spends.
    """
    if request.model not in load_models():
        return inputs
    pictures: list[tuple[Input, Digest]] = []
    for needed, digest in inputs:
        if needed.role not in _PICTURE_ROLES:
            pictures.append((needed, digest))
            continue
        args: dict[str, Any] = {"part": needed.part}
        if needed.role in _FRAMES and request.aspect:
            args["aspect"] = request.aspect
        fp = compute_fingerprint(WORK, [args, digest])
        outcome = await hands.execute(account, WORK, args, [(needed, digest)], fp)
        picture = outcome.assets[0]
        pictures.append((replace(needed, asset=picture, of=None, part="whole"), picture))
    return pictures
