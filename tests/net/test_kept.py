"""Connections that are kept between two questions: taken by many at once, gone stale meanwhile, never mixed up."""

from __future__ import annotations

import asyncio

from net.raw import Visit, serving
from reelwright.net.http import HttpClient

AT_ONCE = 6


async def test_many_who_ask_at_once_after_the_server_closed_its_connections_all_get_an_answer() -> None:
    """As after a recovery: every kept connection is stale, and closing one lets the others look, too."""
    all_asked = asyncio.Barrier(AT_ONCE)

    async def answers_together_then_closes(visit: Visit) -> None:
        await visit.request()
        if len(server.visits) <= AT_ONCE:
            await all_asked.wait()
        await visit.answer(b'{"ok": true}')

    async with serving(answers_together_then_closes) as server, HttpClient("paper", server.url) as http:
        for _ in range(2):  # the second round finds the connections of the first, all of which the server has closed
            answers = await asyncio.gather(*(http.get("/v1/op") for _ in range(AT_ONCE)), return_exceptions=True)
            assert [getattr(answer, "status", answer) for answer in answers] == [200] * AT_ONCE
            await asyncio.sleep(0.05)
        assert len(server.visits) == 2 * AT_ONCE
