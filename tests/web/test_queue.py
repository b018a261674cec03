"""The page of all jobs: rows by group, cancel, retry at the price shown, and to the front."""

from __future__ import annotations

from typing import Any

import pytest

from reelwright.errors import OutcomeUnknown
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from reelwright.web.project import project_pages
from web.conftest import FREE, PAID, TWO_SHOTS, Page, Visitor, open_visit


def list_rows(page: Page) -> list[str]:
    return [have["data-job"] for have in page.list_tags("li") if "data-job" in have]


async def test_an_empty_queue_says_so_and_offers_a_film(visitor: Visitor) -> None:
    page = await visitor.see("/studio/queue")
    assert "Nothing is being made." in page.text and page.list_tags("a", href="../studio")


async def test_jobs_stand_in_their_groups_and_a_filter_shows_one(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    await visitor.make({**FREE, "length": "3"})
    page = await visitor.see("/studio/queue")
    assert len(list_rows(page)) == 2 and page.list_tags("h2", id="group-waiting")
    await visitor.finish(project)
    page = await visitor.see("/studio/queue")
    assert page.list_tags("h2", id="group-finished") and page.list_tags("h2", id="group-waiting")
    assert len(list_rows(await visitor.see("/studio/queue?only=finished"))) == 1
    assert len(list_rows(await visitor.see("/studio/queue?only=nonsense"))) == 2


async def test_a_job_is_cancelled_and_retried_at_the_price_of_its_row(buyer: Visitor) -> None:
    project = await buyer.make(PAID)
    (job,) = await buyer.studio.list_jobs()
    page = await buyer.see("/studio/queue")
    gone = await buyer.send(f"/studio/jobs/{job.id}/cancel", {"ticket": page.read_field("ticket")})
    assert gone.answer.headers["location"] == "../../../studio/queue"
    await buyer.studio.quote_retry(job.id)  # carries the cancel out
    assert (await buyer.studio.list_jobs())[0].state == "cancelled"
    page = await buyer.see("/studio/queue")
    ticket = (await buyer.see("/studio")).read_field("ticket")
    assert not page.list_tags("input", name="max_usd"), "its price has no reliable source: a person decides on its page"
    sent = {"ticket": ticket, "max_usd": "0.01", "accept_unconfirmed": "1"}
    dearer = await buyer.send(f"/studio/jobs/{job.id}/retry", sent)
    assert (dearer.answer.status_code, dearer.codes[0]) == (402, "above_given_budget")
    shown = await buyer.see(f"/studio/projects/{project}")
    sent = {"ticket": shown.read_field("ticket"), "max_usd": shown.price, "accept_unconfirmed": "1"}
    again = await buyer.send(f"/studio/jobs/{job.id}/retry", sent)
    assert again.answer.status_code == 303
    assert (await buyer.studio.list_jobs())[0].state == "queued"


async def test_a_free_job_is_retried_from_its_row(visitor: Visitor) -> None:
    await visitor.make(FREE)
    (job,) = await visitor.studio.list_jobs()
    await visitor.studio.cancel(job.id)
    await visitor.studio.quote_retry(job.id)
    page = await visitor.see("/studio/queue")
    assert page.price == "0.00"
    sent = {"ticket": page.list_tags("input", name="ticket")[0]["value"], "max_usd": page.price}
    for _ in range(2):
        assert (await visitor.send(f"/studio/jobs/{job.id}/retry", sent)).answer.status_code == 303
    assert [one.state for one in await visitor.studio.list_jobs()] == ["queued"]


async def test_a_job_is_put_before_the_others(visitor: Visitor) -> None:
    for seconds in ("2", "3", "4"):
        await visitor.make({**FREE, "length": seconds})
    page = await visitor.see("/studio/queue")
    (*_, last) = list_rows(page)
    moved = await visitor.send(f"/studio/jobs/{last}/front", {"ticket": page.read_field("ticket")})
    assert moved.answer.status_code == 303
    assert list_rows(await visitor.see("/studio/queue"))[0] == last


async def test_many_jobs_are_cancelled_at_once_and_all_but_one(visitor: Visitor) -> None:
    for seconds in ("2", "3", "4", "5"):
        await visitor.make({**FREE, "length": seconds})
    page = await visitor.see("/studio/queue")
    first, second, third, *_ = list_rows(page)
    ticket = page.read_field("ticket")
    sent = {"ticket": ticket, "act": "cancel", f"job.{first}": "1", "job.job_01a2119d-38e5-7035-a4b8-9052dee3fd01": "1"}
    assert (await visitor.send("/studio/jobs", sent)).answer.status_code == 303
    assert (await visitor.send(f"/studio/jobs?but={third}", {"ticket": ticket, "act": "cancel_others"})).answer
    await visitor.studio.quote_retry(second)  # carries the cancel out
    states = {job.id: job.state for job in await visitor.studio.list_jobs()}
    assert states[third] == "queued" and states[second] == "cancelled", states
    for act in ("", "nonsense", "delete"):
        assert (await visitor.send("/studio/jobs", {"ticket": ticket, "act": act})).codes == ["invalid_value"]
    await visitor.send("/studio/jobs", {"ticket": ticket, "act": "delete", f"job.{second}": "1"})
    assert second not in (await visitor.see("/studio/queue")).source


async def test_a_job_that_waits_is_read_once(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    await visitor.make(FREE)
    await visitor.make({**FREE, "length": "3"})
    read: list[str] = []
    show = AsyncStudio.show

    async def count(studio: AsyncStudio, *given: Any, **options: Any) -> Any:
        read.append(str(given[0]))
        return await show(studio, *given, **options)

    monkeypatch.setattr(AsyncStudio, "show", count)
    first = await visitor.see("/studio/queue")
    assert len(read) == 2 and "starts in" in first.text
    assert (await visitor.see("/studio/queue")).text == first.text and len(read) == 2
    third = await visitor.make({**FREE, "length": "4"})
    await visitor.see("/studio/queue")
    assert read[2:] == [third]


async def test_a_job_gets_another_priority_and_is_deleted(visitor: Visitor) -> None:
    await visitor.make(FREE)
    (job,) = await visitor.studio.list_jobs()
    ticket = (await visitor.see("/studio/queue")).read_field("ticket")
    await visitor.send(f"/studio/jobs/{job.id}/priority", {"ticket": ticket, "priority": "low"})
    assert (await visitor.studio.list_jobs())[0].priority == "low"
    assert "low priority" in (await visitor.see("/studio/queue")).text
    wrong = await visitor.send(f"/studio/jobs/{job.id}/priority", {"ticket": ticket, "priority": "urgent"})
    assert wrong.codes == ["invalid_value"]
    await visitor.send(f"/studio/jobs/{job.id}/delete", {"ticket": ticket})
    assert list_rows(await visitor.see("/studio/queue")) == []


async def test_a_waiting_job_says_when_it_starts_and_jobs_are_filtered_by_who_ordered_them(settings: Settings) -> None:
    async with open_visit(settings, None, is_key_required=True) as visitor:
        for name in ("Ana", "Joon"):
            made = await visitor.studio.create_api_key(name, "owner")
            visitor.headers = {"Authorization": f"Bearer {made.secret}"}
            await visitor.make({**FREE, "length": "2" if name == "Ana" else "3"})
        page = await visitor.see("/studio/queue")
        assert len(list_rows(page)) == 2 and "starts in" in page.text and "Joon" in page.text
        link = next(have["href"] for have in page.list_tags("a") if "member=" in have["href"])
        assert len(list_rows(await visitor.see(f"/studio/{link.removeprefix('../studio/')}"))) == 1
        assert len(list_rows(await visitor.see("/studio/queue?member=nobody"))) == 2


async def test_a_clip_that_was_made_shows_a_frame_of_itself(buyer: Visitor) -> None:
    made = await buyer.studio.clip("a heron", model=PAID["model"], yes=True, accept_unconfirmed=True)
    for path in ("/studio/queue", "/studio/projects"):
        page = await buyer.see(path)
        (picture,) = [have["src"] for have in page.list_tags("img") if "studio/pictures/" in have["src"]]
        shown = await buyer.client.get("/studio/pictures/" + picture.rpartition("/")[2])
        assert shown.status_code == 200 and shown.headers["content-type"].startswith("image/")
        assert picture.rpartition("/")[2] == (await buyer.studio.show(made.project)).shots[0].take


async def test_a_project_without_a_take_is_shown_by_a_still_of_its_plan(buyer: Visitor) -> None:
    film = await buyer.make(TWO_SHOTS)
    clip = await buyer.studio.enqueue_clip("a tram at night", model=PAID["model"], yes=True, accept_unconfirmed=True)
    stills = set()
    for path in ("/studio/queue", "/studio/projects"):
        page = await buyer.see(path)
        stills |= {have["src"].removeprefix("..") for have in page.list_tags("img") if "/still?v=1" in have["src"]}
    assert {still.split("/")[3] for still in stills} == {film, clip.project}
    for still in stills:  # the clip has no words on screen: its title stands in its look
        shown = await buyer.client.get(still)
        assert shown.status_code == 200 and shown.headers["content-type"].startswith("image/")
        assert "immutable" in shown.headers["cache-control"]
    older = await buyer.client.get(f"/studio/projects/{film}/still?v=7")
    assert older.headers["cache-control"] == "no-store"


async def test_a_job_with_an_unknown_purchase_offers_the_decision_and_no_retry(buyer: Visitor) -> None:
    assert buyer.proxy
    buyer.proxy.finds, buyer.proxy.answers = False, [OutcomeUnknown("the line dropped")]
    made = await buyer.studio.clip("a tram", model=PAID["model"], yes=True, accept_unconfirmed=True)
    page = await buyer.see("/studio/queue")
    assert page.list_tags("h2", id="group-yours")
    assert not page.list_tags("button", **{"data-key": "y"}), "it would stop at the same purchase again"
    (link,) = [have["href"] for have in page.list_tags("a", **{"data-key": "y"})]
    assert link == f"../studio/projects/{made.project}"


async def test_a_paused_queue_says_so_and_goes_on_by_a_button(visitor: Visitor) -> None:
    await visitor.make(FREE)
    page = await visitor.see("/studio/queue")
    assert page.list_tags("form", action="../studio/queue/pause") and "been paused" not in page.text
    ticket = page.list_tags("input", name="ticket")[0]["value"]
    await visitor.send("/studio/queue/pause", {"ticket": ticket})
    page = await visitor.see("/studio/queue")
    assert "The queue has been paused since" in page.text and "Waits for the queue to go on" in page.text
    assert not page.list_tags("form", action="../studio/queue/pause")
    await visitor.send("/studio/queue/resume", {"ticket": ticket})
    assert "been paused" not in (await visitor.see("/studio/queue")).text


async def test_films_are_found_by_their_title_also_after_another_and_filtered(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fenn = await visitor.make(TWO_SHOTS)
    lumen = await visitor.make({"text": "# Lumen 100%\n\nIt keeps the light.\n", "model": "animatic"})
    await visitor.finish(lumen)

    async def list_found(path: str) -> set[str]:
        page = await visitor.see(f"/studio/{path}")
        assert page.answer.status_code == 200
        links = (have["href"] for have in page.list_tags("a") if "projects/project_" in have["href"])
        return {link.rpartition("/")[2] for link in links}

    for path in ("queue", "projects"):
        assert await list_found(f"{path}?q=LUM") == {lumen}
        assert await list_found(f"{path}?q=100%25") == {lumen}, "a percent sign is a letter"
        assert await list_found(f"{path}?q=e") == {fenn, lumen}
        nothing = await visitor.see(f"/studio/{path}?q=zz%22%3E")
        assert "No film fits." in nothing.text and nothing.list_tags("input", name="q")[0]["value"] == 'zz">'
    assert await list_found("projects?only=unfinished") == {fenn}
    script = (await visitor.studio.read_script(fenn)).script.replace("# Fenn", "# Halden")
    page = await visitor.see(f"/studio/projects/{fenn}?tab=script")
    sent = {"ticket": page.read_field("ticket"), "revision": "1", "way": "script", "script": script}
    price = await visitor.send(f"/studio/projects/{fenn}/price", sent)
    sent |= {"ticket": price.read_field("ticket"), "max_usd": price.price}
    assert (await visitor.send(f"/studio/projects/{fenn}/change", sent)).answer.status_code == 303
    assert await list_found("projects?q=halden") == {fenn} and await list_found("projects?q=fenn") == set()
    monkeypatch.setattr(project_pages, "_MOST_PROJECTS", 1)
    assert await list_found("projects") == {lumen}
    page = await visitor.see("/studio/projects")
    (older,) = [have["href"] for have in page.list_tags("a") if "before=" in have["href"]]
    assert await list_found(older.removeprefix("../studio/")) == {fenn}
