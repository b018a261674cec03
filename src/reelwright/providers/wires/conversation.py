"""The planner's question as a conversation: the brief, an earlier answer, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.catalogue.model_row import Model
from reelwright.providers.policy import MAX_ANSWER_TOKENS, MAX_PREVIOUS_ANSWER_BYTES
from reelwright.providers.protocol import Read
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request


async def read_conversation(request: Request, inputs: Sequence[tuple[Input, Digest]], read: Read) -> list[list[str]]:
    """Return the messages of a request in order, each as [role, text]. An earlier answer is included up to
    ``MAX_PREVIOUS_ANSWER_BYTES``.
    """
    messages: list[list[str]] = [["user", request.prompt]]
    for input_, digest in inputs:
        if input_.role == "source":
            messages.append(["assistant", await _read_text(read, digest)])
    if correction := request.extra.get("correction"):
        messages.append(["user", str(correction)])
    return messages


def get_max_tokens(request: Request, row: Model) -> int:
    """Return how many tokens an answer may have: the request's limit, else the model's, up to ``MAX_ANSWER_TOKENS``."""
    return int(request.extra.get("max_tokens", min(MAX_ANSWER_TOKENS, row.max_output or MAX_ANSWER_TOKENS)))


async def _read_text(read: Read, digest: Digest) -> str:
    body = b"".join([chunk async for chunk in read(digest)])
    return body[:MAX_PREVIOUS_ANSWER_BYTES].decode("utf-8", "replace")
