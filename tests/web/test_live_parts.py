"""Many open pages of one film: its part is rendered once for all that ask, and each gets tickets of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from reelwright.web.queue import queue_pages
from web.conftest import FREE, HOST, Page, Visitor, open_visit

LIVE = {"X-Reelwright-Fragment": "live"}


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The accounts for which the rows of the queue were read, in order."""
    seen: list[str] = []
    read = queue_pages.list_rows

    async def count(studio: AsyncStudio, *group: Any) -> list[queue_pages.QueueRow]:
        seen.append(studio.account)
        await asyncio.sleep(0.02)
        return await read(studio, *group)

    monkeypatch.setattr(queue_pages, "list_rows", count)
    return seen


async def ask(visitor: Visitor, count: int, path: str = "/studio/queue") -> list[Page]:
    return list(await asyncio.gather(*(visitor.see(path, **LIVE) for _ in range(count))))


async def test_a_hundred_pages_that_ask_at_once_cost_two_renderings_and_have_tickets_of_their_own(
    visitor: Visitor, renderings: list[str]
) -> None:
    await visitor.make(FREE)
    (job,) = await visitor.studio.list_jobs()
    pages = await ask(visitor, 100)
    assert len(renderings) <= 2
    assert all(page.list_tags("li", **{"data-job": job.id}) for page in pages)
    tickets = {page.read_field("ticket") for page in pages}
    assert len(tickets) == 100, "one ticket for two pages would make two orders one"
    inside = [{one["value"] for one in page.list_tags("input", name="ticket")} for page in pages[:2]]
    assert inside[0].isdisjoint(inside[1]) and not any("ticket-" in one for one in inside[0])
    sent = await visitor.send(f"/studio/jobs/{job.id}/cancel", {"ticket": tickets.pop()})
    assert sent.answer.status_code == 303


async def test_who_asks_while_a_part_is_rendered_gets_one_that_was_read_after_it_asked(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, begun, may_end = queue_pages.list_rows, asyncio.Event(), asyncio.Event()

    async def wait(studio: AsyncStudio, *group: Any) -> list[queue_pages.QueueRow]:
        rows = await read(studio, *group)
        begun.set()
        await may_end.wait()
        return rows

    monkeypatch.setattr(queue_pages, "list_rows", wait)
    first = asyncio.create_task(visitor.see("/studio/queue", **LIVE))
    await begun.wait()
    project = await visitor.make(FREE)
    second = asyncio.create_task(visitor.see("/studio/queue", **LIVE))
    await asyncio.sleep(0.01)
    may_end.set()
    assert project not in (await first).source and project in (await second).source


async def test_a_person_waits_for_no_other_page(visitor: Visitor, renderings: list[str]) -> None:
    await ask(visitor, 3)
    count = len(renderings)
    await visitor.see("/studio/queue", **{"X-Reelwright-Fragment": "1"})
    await visitor.see("/studio/queue")
    assert len(renderings) == count + 2


async def test_accounts_roles_languages_and_filters_have_parts_of_their_own(settings: Settings) -> None:
    async with open_visit(settings, None, is_key_required=True) as visitor:
        pages: dict[str, Visitor] = {}
        for name, role, account in (("a", "producer", "one"), ("b", "producer", "two"), ("c", "viewer", "one")):
            key = await visitor.studio.create_api_key(name, role, account=account, auto_approve="1")
            pages[name] = Visitor(visitor.client, visitor.deployment, None, {"Authorization": f"Bearer {key.secret}"})
        project = await pages["a"].make(FREE)
        asked = [(pages[name], path) for name in pages for path in ("/studio/queue", "/studio/queue?only=finished")]
        seen = await asyncio.gather(
            *(one.see(path, **LIVE) for one, path in asked * 3),
            pages["a"].see("/studio/queue", **LIVE, **{"Accept-Language": "de"}),
        )
        for (one, path), page in zip(asked * 3, seen[:-1], strict=True):
            assert (project in page.source) == (one is not pages["b"] and "only" not in path)
            assert bool(page.list_tags("form", id="bulk")) == (one is not pages["c"])
        assert 'lang="' not in seen[-1].source and "Aufträge" in seen[-1].source
        stolen = await pages["b"].send("/studio/jobs", {"ticket": seen[0].read_field("ticket"), "act": "cancel"})
        assert stolen.codes == ["form_unknown"]


async def test_members_of_one_account_share_a_part_and_see_their_own_names_and_no_other_s(
    settings: Settings, renderings: list[str]
) -> None:
    async with open_visit(settings, None, is_key_required=True) as visitor:
        keys = [await visitor.studio.create_api_key(name, "producer", auto_approve="1") for name in ("Ann", "Bob")]
        people = [
            Visitor(visitor.client, visitor.deployment, None, {"Authorization": f"Bearer {key.secret}"}) for key in keys
        ]
        for n, person in enumerate(people):
            await person.make({**FREE, "length": str(2 + n)})
        for _ in range(2):
            before = len(renderings)
            ann, bob, *_ = await asyncio.gather(*(person.see("/studio/queue", **LIVE) for person in people * 10))
            assert len(renderings) <= before + 2, "all of them read the same rows"
            assert "Ann" in ann.text and "Bob" not in ann.text and "Bob" in bob.text and "Ann" not in bob.text


async def test_what_cannot_be_rendered_is_told_to_all_and_asked_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = await ask(visitor, 3, "/studio/projects/project_00000000-0000-7000-8000-000000000000")
    assert [page.answer.status_code for page in pages] == [404] * 3 and all(page.codes for page in pages)

    async def fail(studio: AsyncStudio, *group: Any) -> list[queue_pages.QueueRow]:
        raise ZeroDivisionError

    read = queue_pages.list_rows
    monkeypatch.setattr(queue_pages, "list_rows", fail)
    with pytest.raises(ZeroDivisionError):
        await visitor.see("/studio/queue", **LIVE)
    monkeypatch.setattr(queue_pages, "list_rows", read)
    assert (await visitor.see("/studio/queue", **LIVE)).answer.status_code == 200


async def test_a_part_is_compressed_for_those_who_take_it(visitor: Visitor) -> None:
    await visitor.make(FREE)
    answers = await asyncio.gather(
        *(visitor.client.get("/studio/queue", headers={**LIVE, "Accept-Encoding": one}) for one in ("gzip", "identity"))
    )
    assert [one.headers.get("content-encoding") for one in answers] == ["gzip", None]
    assert all("no-store" in one.headers["cache-control"] and HOST not in one.text for one in answers)
