"""The live events of the account as one stream (server-sent events), with replay after the last one that is known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.server.caller import Caller, get_caller
from reelwright.server.deployment import Deployment
from reelwright.server.policy import RECONNECT_MS, STOP_LOOK_EVERY_S, STREAM_COMMENT_EVERY_S
from reelwright.server.routes.native import Whole

if TYPE_CHECKING:
    from reelwright.server.event_feed import EventFeed, FeedEvent

router = APIRouter(prefix="/api/v1", tags=["events"])
_MOST_ID: Final = 2**63  # of the integers in SQL
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    openapi_extra={
        "parameters": [{"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}]
    },
)
async def stream_events(request: Request, after: Whole | None = None) -> StreamingResponse:
    """Stream the events of all projects of the account as they happen (``text/event-stream``).

    ``after`` or the header ``Last-Event-ID``: the id of the last event that is known; those after it come first.
    Without it, the stream begins now: what happens after the head of the answer is in it. Nothing is missed or repeated
    when a client connects again with the last id.
    """
    deployment: Deployment = request.app.state.deployment
    known = request.headers.get("last-event-id")
    if known is not None:
        if not (known.isascii() and known.isdigit() and len(known) < 19):
            raise BadInput("Last-Event-ID", known[:40], "the id of an event")
        after = int(known)
    if after is not None and not 0 <= after < _MOST_ID:
        raise BadInput("after", after, "the id of an event")
    caller = get_caller(request)
    if after is None:
        with suppress(StoreUnavailable):  # a browser would not come again after an error; it does after an empty stream
            after = await deployment.runtime.journal.find_newest_event(caller.account)
    stream = _write_stream(deployment.get_feed(caller.account), after, deployment, caller)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)


async def _write_stream(
    feed: EventFeed, after: int | None, deployment: Deployment, caller: Caller
) -> AsyncIterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    if after is None:
        return
    async with aclosing(feed.follow(after)) as events:
        coming: asyncio.Future[Sequence[FeedEvent]] = asyncio.ensure_future(anext(events))
        quiet_since = time.monotonic()
        try:
            while not deployment.is_stopping:
                done, _ = await asyncio.wait({coming}, timeout=STOP_LOOK_EVERY_S)
                if not await deployment.is_admitted(caller):
                    return
                if done:
                    found = coming.result()
                    coming = asyncio.ensure_future(anext(events))
                    # with each event, too: some clients read a retry only where an event comes with it
                    yield "".join(f"retry: {RECONNECT_MS}\nid: {event.id}\ndata: {event.text}\n\n" for event in found)
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since > STREAM_COMMENT_EVERY_S:
                    yield ": \n\n"
                    quiet_since = time.monotonic()
        except StoreUnavailable:
            return  # the stream ends, and the client comes again with the last id
        finally:
            coming.cancel()
            await asyncio.wait({coming})
