"""A question of the planner as a conversation: the brief, an earlier answer, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.catalogue.model import Model
from reelwright.providers.protocol import Read
from reelwright.reel.noun import Digest
from reelwright.reel.request import Input, Request

ANSWER_TOKENS: Final = 8_000
"""Where the request names no most of its own."""
PREVIOUS_BYTES: Final = 64 * 1024


async def conversation(request: Request, inputs: Sequence[tuple[Input, Digest]], read: Read) -> list[list[str]]:
    """Read who said what, in order. An earlier answer stands in it whole, since it is small."""
    said: list[list[str]] = [["user", request.prompt]]
    for needed, digest in inputs:
        if needed.role == "source":
            said.append(["assistant", await _text(read, digest)])
    if correction := request.extra.get("correction"):
        said.append(["user", str(correction)])
    return said


def most_tokens(request: Request, row: Model) -> int:
    """How long the answer may be: as the request says, else what the model can, up to ``ANSWER_TOKENS``."""
    return int(request.extra.get("max_tokens", min(ANSWER_TOKENS, row.max_output or ANSWER_TOKENS)))


async def _text(read: Read, digest: Digest) -> str:
    body = b"".join([chunk async for chunk in read(digest)])
    return body[:PREVIOUS_BYTES].decode("utf-8", "replace")
