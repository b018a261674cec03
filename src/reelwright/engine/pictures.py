"""What an AI model is shown: the frame of a take that a shot continues, a picture at the shot's aspect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reelwright.catalogue.models import models
from reelwright.engine.waist import Fed, Hands
from reelwright.reel.canonical import fingerprint_of
from reelwright.reel.noun import Digest
from reelwright.reel.request import Input, Request

WORK: Final = "frame"
_FRAMES: Final = ("first_frame", "last_frame")
_SHOWN: Final = (*_FRAMES, "reference")


async def pictured(hands: Hands, account: str, request: Request, inputs: Fed) -> Fed:
    """``inputs`` with a picture in place of every take and every picture that its model could not read as it is.

    The purchase's fingerprint holds the bytes that were chosen, never the picture that we make of them here. What
    our own hands draw reads its inputs as they are.
    """
    if request.model not in models():
        return inputs
    made: list[tuple[Input, Digest]] = []
    for needed, digest in inputs:
        if needed.role not in _SHOWN:
            made.append((needed, digest))
            continue
        args: dict[str, Any] = {"part": needed.part}
        if needed.role in _FRAMES and request.aspect:
            args["aspect"] = request.aspect
        fp = fingerprint_of(WORK, [args, digest])
        outcome = await hands.do(account, WORK, args, [(needed, digest)], fp)
        shown = outcome.assets[0]
        made.append((replace(needed, asset=shown, of=None, part="whole"), shown))
    return made
