"""Rows of the five systems that the pages of the studio show: progress in a browser, addresses, a choice of flavor."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.settings import Settings
from server.browser import open_browser
from server.conftest import open_server
from web.conftest import FREE, Page, open_visit, small_films
from web.test_browser import needs_browser
from web.test_project import order, price

__all__ = ["small_films"]
REAL_HANDS = True  # a film that is a copy is made before a browser has seen that it begins
SCRIPT = "# Fenn\n\nIt never flickers.\n\n**40 hours** on one charge\n\nNot once.\n"
WATCH = """window.isSame = true; window.seen = []; window.parts = 0;
new MutationObserver(() => {
  const found = document.getElementById('rows').textContent.match(/\\d+ of \\d+ shots made/)?.[0];
  if (found && !seen.includes(found)) seen.push(found);
  parts = Math.max(parts, document.querySelectorAll('.ministrip rect').length);
}).observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true})"""


@needs_browser
@pytest.mark.timeout(300)
async def test_s0_84_the_progress_of_a_job_changes_on_the_open_page(settings: Settings, tmp_path: Path) -> None:
    async with open_server(settings, None) as server, open_browser(tmp_path / "profile") as tab:
        await tab.open(f"{server.url}/studio/queue")
        await tab.run(WATCH)
        studio = server.deployment.get_studio()
        await studio.enqueue_make(script=SCRIPT, models=("animatic",), short_side=720, yes=True)
        await tab.wait_for("document.getElementById('group-finished') !== null", 200)
        seen, parts = await tab.run("seen"), await tab.run("parts")
        assert await tab.run("isSame") and len(seen) > 1, f"the page was not loaded anew, and told {seen}"
        assert parts == int(seen[0].split()[2]) > 1, "the bar has a part for each shot"


async def test_s3_20_its_two_addresses_lead_to_the_pages(settings: Settings) -> None:
    async with open_visit(settings, None) as visitor:
        created = await visitor.see("/create")
        assert (created.answer.status_code, created.answer.headers["location"]) == (303, "studio")
        project = await visitor.make(FREE)
        led = await visitor.see(f"/project/{project}")
        assert (led.answer.status_code, led.answer.headers["location"]) == (303, f"../studio/projects/{project}")
        shown = await visitor.see(str(led.answer.url.join(led.answer.headers["location"]).path))
        assert shown.answer.status_code == 200 and "Fenn" in shown.text
        for odd in ("%2F%2Fevil.example", "..%2F..", "x%0d%0aSet-Cookie:a=b", "%3Cscript%3E"):
            answer = Page(await visitor.client.get(f"/project/{odd}", headers={"Accept": "text/html"})).answer
            place = answer.headers.get("location", "../studio/projects/")
            assert place.startswith("../studio/projects/") and place.count("/") == 3 and "\n" not in place, odd
            assert "set-cookie" not in answer.headers


async def test_s3_28_the_flavor_that_is_chosen_on_the_page_stays_with_the_film(settings: Settings) -> None:
    async with open_visit(settings, None) as visitor:
        page = await visitor.see("/studio")
        assert {"spot", "short"} <= {one["value"] for one in page.list_tags("option")}
        project = await visitor.make({**FREE, "flavor": "spot"})
        await visitor.finish(project)
        shown = await visitor.see(f"/studio/projects/{project}?tab=film")
        assert ", Spot" in shown.text
        words = next(iter((await visitor.studio.show(project)).shots[0].words))
        priced = await price(visitor, project, **{f"words.{words}": "Never flickers"})
        assert (await order(visitor, project, priced, **{f"words.{words}": "Never flickers"})).answer.status_code == 303
        details = await visitor.studio.show(project)
        assert (details.revision, details.flavor) == (2, "spot")
